//! When the files of a folder were uploaded: its locks keep what the folder itself loses.

use std::collections::HashMap;
use std::path::Path;

use wh_packaging::Lock;

use super::found::Place;
use super::{FindLink, FindLinks};
use crate::wheelhouse::is_lock_name;

/// Upload times by file name.
type Times = HashMap<String, String>;

impl FindLinks {
    /// Takes upload times out of the locks that stand in the folders. A lock that cannot be read
    /// tells nothing.
    pub fn read_upload_times(&mut self, sources: &[FindLink]) {
        let mut times = Times::new();
        for source in sources {
            if let FindLink::Folder(folder) = source {
                of_folder(folder, &mut times);
            }
        }
        if times.is_empty() {
            return;
        }
        let wheels = self.wheels.values_mut().flatten();
        for found in wheels.chain(&mut self.sdists) {
            let Some(time) = times.get(&found.name) else {
                continue;
            };
            if let Some(mut linked) = found.linked() {
                linked.upload_time.get_or_insert_with(|| time.clone());
                found.place = Place::Linked(Box::new(linked));
            }
        }
    }
}

fn of_folder(folder: &Path, times: &mut Times) {
    let Ok(entries) = fs_err::read_dir(folder) else {
        return;
    };
    let locks = entries.flatten().filter(|entry| {
        let name = entry.file_name();
        name.to_str().is_some_and(is_lock_name)
    });
    for lock in locks {
        let Ok(text) = fs_err::read_to_string(lock.path()) else {
            continue;
        };
        let Ok(lock) = Lock::parse(&text) else {
            continue;
        };
        for file in lock.packages.iter().flat_map(|package| package.files()) {
            if let Some(time) = &file.upload_time {
                times.insert(file.name.clone(), time.clone());
            }
        }
    }
}
