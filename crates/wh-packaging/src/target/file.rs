//! Targets as files: what `wh target` prints, pex's complete-platform JSON, and PEP 739.
//!
//! `wh` and pex share the keys `marker_environment` and `compatible_tags`; `wh` adds `name`, pex
//! may add `path`. Unknown keys are left aside.

use serde::{Deserialize, Serialize};

use super::{Target, TargetError, build_details};
use crate::marker::MarkerValues;

/// The most tags that a file may give, each of which may be a compressed set.
const MOST_TAGS: usize = 50_000;

#[derive(Serialize, Deserialize)]
struct Document {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    marker_environment: MarkerValues,
    compatible_tags: Vec<String>,
}

impl Target {
    /// Reads what [`Target::to_json`] wrote, pex's complete-platform JSON, or the
    /// `build-details.json` of PEP 739.
    ///
    /// `file_name` is for errors, and names the target where the file does not.
    ///
    /// # Errors
    /// [`TargetError::File`]
    pub fn from_json(text: &str, file_name: &str) -> Result<Self, TargetError> {
        let error = |reason: String| TargetError::File {
            file: file_name.to_owned(),
            reason,
        };
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|fault| error(fault.to_string()))?;
        if build_details::is_one(&value) {
            return build_details::read(value).map_err(error);
        }
        let document: Document =
            serde_json::from_value(value).map_err(|fault| error(fault.to_string()))?;
        if document.compatible_tags.is_empty() || document.compatible_tags.len() > MOST_TAGS {
            return Err(error(
                "the number of `compatible_tags` is out of range".to_owned(),
            ));
        }
        let name = document.name.unwrap_or_else(|| stem(file_name).to_owned());
        let mut this =
            Self::from_parts(name, document.marker_environment, document.compatible_tags)
                .map_err(|fault| error(fault.to_string()))?;
        match Self::from_name(&this.name) {
            Ok(named) if named.markers == this.markers && named.tags == this.tags => Ok(named),
            _ => {
                this.exact = true;
                Ok(this)
            }
        }
    }

    /// As JSON, one line a value: what [`Target::from_json`] and pex read.
    pub fn to_json(&self) -> String {
        let document = Document {
            name: Some(self.name.clone()),
            marker_environment: self.markers.clone(),
            compatible_tags: self.tags.iter().map(ToString::to_string).collect(),
        };
        // strings and lists alone: nothing here can fail to be written
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }
}

/// `factory` of `targets/factory.json`.
fn stem(file_name: &str) -> &str {
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    base.strip_suffix(".json").unwrap_or(base)
}
