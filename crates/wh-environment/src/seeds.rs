//! What makers of environments put into them: the tools that install the rest.

use crate::probe::Probe;
use crate::pyvenv_cfg::PyvenvCfg;

/// The projects that are there without anybody having asked for them: pip, and before Python 3.12
/// setuptools and wheel; none where the environment was made without.
pub fn seeds(probe: &Probe) -> &'static [&'static str] {
    let cfg = PyvenvCfg::read(&probe.prefix).filter(|_| probe.is_virtual());
    match cfg {
        Some(cfg) if cfg.unseeded => &[],
        _ if (probe.version.0, probe.version.1) < (3, 12) => &["pip", "setuptools", "wheel"],
        _ => &["pip"],
    }
}
