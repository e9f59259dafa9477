use super::*;

fn manifest() -> Manifest {
    let row = |name, executable, size, modified, hash| Row {
        name,
        executable,
        stamp: Stamp { size, modified },
        hash,
    };
    let empty = Manifest {
        project: "a-b".parse().unwrap(),
        wheel: "a_b-1-py3-none-any.whl".to_owned(),
        dist_info: "a_b-1.dist-info".to_owned(),
        root_is_purelib: true,
        verified: false,
        entry_points: EntryPoints::default(),
        folders: Vec::new(),
        single: Rows::default(),
        inside: None,
    };
    let time = 1_700_000_000_123_456_789;
    let rows = [
        row("a_b-1.data/data/x", false, 1, 1, None),
        row("a_b-1.dist-info/RECORD.jws", false, 0, time, None),
        row("module.py", false, 1, 1, None),
        row("a_b-c/inner/x", false, 1, 1, None),
        row("a_b/inner/x", false, 1, 1, None),
        row("a_b/with blank, and ä.py", true, 12, -7, Some("sha256=x")),
    ];
    empty.with_rows(rows.into_iter())
}

fn read((first, second): &(String, String)) -> Option<Manifest> {
    let mut read = Manifest::parse(first)?;
    read.parse_inside(second)?;
    Some(read)
}

#[test]
fn what_was_written_is_read() {
    let texts = manifest().write();
    let read = read(&texts).unwrap();
    let rows: Vec<_> = read.rows().collect();
    let expected = manifest();
    assert_eq!(rows, expected.rows().collect::<Vec<_>>());
    assert_eq!((rows.len(), read.len(), read.single()), (6, 6, 0..3));
    let blank = read.row(5);
    assert!(blank.executable && blank.hash == Some("sha256=x") && blank.stamp.modified == -7);
    assert_eq!(
        (read.find("module.py"), read.find("a_b/inner/x")),
        (Some(2), None)
    );
    assert_eq!(read.row(99).name, "");
    assert_eq!(read.write(), texts);
}

#[test]
fn the_first_text_knows_folders_as_a_whole() {
    let first = Manifest::parse(&manifest().write().0).unwrap();
    let folder = |name: &str, files, has_files_of_its_own| Folder {
        name: name.to_owned(),
        files,
        has_files_of_its_own,
    };
    assert_eq!(
        first.folders,
        [folder("a_b-c", 3..4, false), folder("a_b", 4..6, true)]
    );
    assert_eq!((first.len(), first.knows_all()), (6, false));
    assert_eq!((first.row(2).name, first.row(4).name), ("module.py", ""));
}

#[test]
fn files_of_a_folder_stand_together() {
    let manifest = manifest();
    let names = |folder: &str| -> Vec<&str> {
        let below = manifest.below(3..manifest.len(), folder);
        below.map(|number| manifest.row(number).name).collect()
    };
    assert_eq!(names("a_b/"), ["a_b/inner/x", "a_b/with blank, and ä.py"]);
    assert_eq!(names("a_b/inner/"), ["a_b/inner/x"]);
    assert_eq!(names("a_b-c/"), ["a_b-c/inner/x"]);
    assert_eq!(names("nothing/"), [""; 0]);
}

#[test]
fn half_a_text_is_none() {
    let (first, second) = manifest().write();
    let cut = |text: &str| -> Vec<String> {
        let lengths = (0..text.len()).filter(|length| text.is_char_boundary(*length));
        lengths.map(|length| text[..length].to_owned()).collect()
    };
    for half in cut(&first) {
        assert!(read(&(half.clone(), second.clone())).is_none(), "{half}");
    }
    for half in cut(&second) {
        assert!(read(&(first.clone(), half.clone())).is_none(), "{half}");
    }
    assert!(read(&(first.clone(), second.replace("12", "13"))).is_none());
    let empty = with_digest(String::new());
    assert!(read(&(first, empty)).is_none(), "of another distribution");
}
