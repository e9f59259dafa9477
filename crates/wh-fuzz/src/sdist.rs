//! Sdists: the one check of an archive, in each form, and what it says of itself.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::OnceLock;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use tempfile::TempDir;
use wh_packaging::sdist_filename::SdistFilename;
use wh_sdist::{Sdist, check_named};

/// What is kept of one archive: three files, none of them longer than the check reads.
const MOST_KEPT: usize = 3 * (16 << 20);

/// Whatever is accepted unpacks below one folder, by links as well; compressed or not, an archive
/// is the same.
pub fn sdist(bytes: &[u8]) {
    if let Some(sdist) = read("hostile-1.0.zip", bytes) {
        says_of_itself(&sdist, "hostile-1.0.zip");
        below_one_folder(zip_entries(bytes));
    }
    if let Some(sdist) = read("hostile-1.0.tar.gz", bytes) {
        says_of_itself(&sdist, "hostile-1.0.tar.gz");
        below_one_folder(tar_entries(MultiGzDecoder::new(bytes)));
    }
    // changed bytes hardly get past the checksum of gzip: these do
    let plain = read("hostile-1.0.tar", bytes);
    let packed = read("hostile-1.0.tar.gz", &gzip(bytes));
    assert_eq!(plain, packed, "compressed, it is another archive");
    if let Some(sdist) = plain {
        says_of_itself(&sdist, "hostile-1.0.tar.gz");
        below_one_folder(tar_entries(bytes));
    }
}

fn read(name: &str, bytes: &[u8]) -> Option<Sdist> {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder for one file"));
    // one file a thread: tests run several
    let path = folder
        .path()
        .join(format!("{:?}", std::thread::current().id()));
    std::fs::write(&path, bytes).expect("room for one file");
    check_named(&path, name, &filename("hostile-1.0.tar.gz")).ok()
}

fn filename(name: &str) -> SdistFilename {
    let project = "hostile".parse().expect("a name");
    SdistFilename::parse(name, &project).expect("the name of an sdist")
}

/// Metadata and what building needs are told or refused, of little memory.
fn says_of_itself(sdist: &Sdist, name: &str) {
    let texts = [&sdist.pkg_info, &sdist.pyproject, &sdist.setup_cfg];
    let kept: usize = texts.into_iter().flatten().map(String::len).sum();
    assert!(kept <= MOST_KEPT, "{kept} bytes are kept");
    if let Ok(metadata) = sdist.metadata(&filename(name)) {
        assert!(!metadata.name.as_ref().contains(['/', '\\', '.', '\0']));
    }
    let _ = sdist.build_system();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).expect("memory takes all");
    gzip.finish().expect("memory takes all")
}

/// An entry as whoever unpacks it meets it: its name, and where a link leads.
struct Entry {
    name: String,
    link: Option<Link>,
}

enum Link {
    /// From the folder that it stands in.
    Symbolic(String),
    /// From the root of the archive.
    Hard(String),
}

fn tar_entries(source: impl Read) -> Vec<Entry> {
    let mut archive = tar::Archive::new(source);
    let entries = archive.entries().expect("it was accepted");
    let mut all = Vec::new();
    for entry in entries {
        let mut entry = entry.expect("it was accepted");
        io::copy(&mut entry, &mut io::sink()).expect("it was accepted");
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() {
            continue;
        }
        let target = entry.link_name_bytes();
        let target = target.map(|bytes| text(&bytes)).unwrap_or_default();
        all.push(Entry {
            name: text(&entry.path_bytes()),
            link: match kind {
                kind if kind.is_symlink() => Some(Link::Symbolic(target)),
                kind if kind.is_hard_link() => Some(Link::Hard(target)),
                _ => None,
            },
        });
    }
    all
}

fn zip_entries(bytes: &[u8]) -> Vec<Entry> {
    let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).expect("it was accepted");
    let mut all = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("it was accepted");
        let name = text(entry.name_raw());
        let link = entry.is_symlink().then(|| {
            let mut target = String::new();
            let mut start = (&mut entry).take(1 << 16);
            start.read_to_string(&mut target).expect("it was accepted");
            Link::Symbolic(target)
        });
        all.push(Entry { name, link });
    }
    all
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("names that were accepted are text")
}

/// No name and no link leads out of the one folder, and nothing stands below a link.
fn below_one_folder(entries: Vec<Entry>) {
    let mut top = None;
    let mut links: Vec<Vec<String>> = Vec::new();
    let mut all = Vec::new();
    for Entry { name, link } in entries {
        let place = walked(Vec::new(), &name);
        let Some(first) = place.first().cloned() else {
            // the root itself, as `./`
            continue;
        };
        assert_eq!(*top.get_or_insert_with(|| first.clone()), first, "{name}");
        let end = match &link {
            None => None,
            Some(Link::Hard(target)) => Some(walked(Vec::new(), target)),
            Some(Link::Symbolic(target)) => {
                let folder = place[..place.len() - 1].to_vec();
                links.push(place.clone());
                Some(walked(folder, target))
            }
        };
        if let Some(end) = end {
            assert_eq!(end.first(), Some(&first), "{name} leads out");
        }
        all.push(place);
    }
    for place in all {
        let below = |link: &Vec<String>| place.len() > link.len() && place.starts_with(link);
        assert!(!links.iter().any(below), "{place:?} stands below a link");
    }
}

/// Where a path leads from a folder; it never goes above the root on its way.
fn walked(from: Vec<String>, path: &str) -> Vec<String> {
    assert!(
        !Path::new(path).is_absolute() && !path.contains(['\\', '\0']),
        "{path} leads out"
    );
    let mut place = from;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => assert!(place.pop().is_some(), "{path} leads out"),
            part => place.push(part.to_owned()),
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(name: &str, link: Link) -> Entry {
        let (name, link) = (name.to_owned(), Some(link));
        Entry { name, link }
    }

    fn file(name: &str) -> Entry {
        let (name, link) = (name.to_owned(), None);
        Entry { name, link }
    }

    #[test]
    fn the_inputs_hold_accepted_archives_of_every_form() {
        let reader = crate::READERS.iter().find(|one| one.name == "sdist");
        let seeds = reader.unwrap().seeds();
        for (form, ending) in [("tar:", "tar"), ("gz:", "tar.gz"), ("zip:", "zip")] {
            let of_form = seeds.iter().filter(|(name, _)| name.starts_with(form));
            let (accepted, refused): (Vec<_>, Vec<_>) =
                of_form.partition(|(_, bytes)| read(&format!("h.{ending}"), bytes).is_some());
            assert!(accepted.len() > 1, "{form} {accepted:?}");
            assert!(!refused.is_empty(), "{form}");
        }
    }

    #[test]
    fn what_leads_out_is_seen() {
        let symbolic = |target: &str| link("a/b/l", Link::Symbolic(target.to_owned()));
        let hard = |target: &str| link("a/h", Link::Hard(target.to_owned()));
        below_one_folder(vec![file("./a/b"), symbolic("../c"), hard("a/b")]);
        for entries in [
            vec![file("../a")],
            vec![file("/a")],
            vec![file("a/b"), file("c/b")],
            vec![symbolic("../../c")],
            vec![symbolic("../../../c")],
            vec![symbolic("/c")],
            vec![file("a/x"), hard("c")],
            vec![symbolic("c"), file("a/b/l/d")],
        ] {
            let seen = std::panic::catch_unwind(|| below_one_folder(entries));
            assert!(seen.is_err());
        }
    }
}
