//! METADATA, WHEEL, entry_points.txt and RECORD of a wheel.

use super::{WheelBuilder, record_hash};
use crate::zip::Entry;

impl WheelBuilder {
    /// The text of METADATA.
    pub fn metadata(&self) -> String {
        let mut text = format!(
            "Metadata-Version: {}\nName: {}\n",
            self.metadata_version, self.name
        );
        if !self.lies.without_version {
            text += &format!("Version: {}\n", self.version);
        }
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\n");
        }
        if !self.description.is_empty() {
            text += &format!("\n{}", self.description);
        }
        text
    }

    pub(super) fn wheel_text(&self) -> String {
        let mut text = format!(
            "Wheel-Version: {}\nGenerator: wh-testing\nRoot-Is-Purelib: {}\n",
            self.wheel_version, self.purelib
        );
        for tag in expand(&self.tag) {
            text += &format!("Tag: {tag}\n");
        }
        if let Some(build) = &self.build {
            text += &format!("Build: {build}\n");
        }
        text
    }

    pub(super) fn entry_points_text(&self) -> String {
        let mut groups: Vec<&str> = Vec::new();
        for (group, _, _) in &self.entry_points {
            if !groups.contains(&group.as_str()) {
                groups.push(group);
            }
        }
        let mut text = String::new();
        for group in groups {
            text += &format!("[{group}]\n");
            for (_, name, target) in self.entry_points.iter().filter(|(g, _, _)| g == group) {
                text += &format!("{name} = {target}\n");
            }
            text += "\n";
        }
        text
    }

    pub(super) fn record(&self, entries: &[Entry]) -> String {
        let mut text = String::new();
        for entry in entries {
            if self.lies.unrecorded.contains(&entry.name) || entry.name.ends_with('/') {
                continue;
            }
            let hash = if self.lies.wrong_hash.contains(&entry.name) {
                record_hash(b"other bytes")
            } else {
                record_hash(&entry.data)
            };
            text += &format!("{},{hash},{}\n", csv_field(&entry.name), entry.data.len());
        }
        for row in &self.lies.rows {
            text += &format!("{row}\n");
        }
        text + &format!("{},,\n", csv_field(&self.dist_info("RECORD")))
    }
}

fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into()
    }
}

/// Each tag of a compressed set.
fn expand(tag: &str) -> Vec<String> {
    let mut parts = tag.splitn(3, '-');
    let mut next = || {
        parts
            .next()
            .unwrap_or("none")
            .split('.')
            .collect::<Vec<_>>()
    };
    let (pythons, abis, platforms) = (next(), next(), next());
    let mut tags = Vec::new();
    for python in pythons {
        for abi in &abis {
            for platform in &platforms {
                tags.push(format!("{python}-{abi}-{platform}"));
            }
        }
    }
    tags
}
