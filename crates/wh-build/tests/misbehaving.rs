//! Backends that hang, chatter, fork away, or write where they must not.
#![cfg(target_os = "linux")]

mod place;

use std::time::{Duration, Instant};

use place::{Place, hook_fault, names, odd};
use wh_build::HookFault;

#[test]
fn one_that_hangs_is_stopped_with_all_that_it_started() {
    let Some(mut place) = Place::new() else {
        return;
    };
    place.options.time_limit = Some(Duration::from_secs(1));
    let hooks = "import subprocess, time\n\
        def build_wheel(*args):\n    subprocess.Popen(['sleep', '1000'], start_new_session=True)\n    \
        print('waiting', flush=True)\n    time.sleep(1000)\n";
    let begun = Instant::now();
    let (fault, last) = hook_fault(place.wheel(&odd(hooks)));
    assert!(matches!(fault, HookFault::TimeLimit(_)), "{fault:?}");
    assert_eq!(last, ["waiting"]);
    assert!(begun.elapsed() < Duration::from_secs(30));
    place.assert_tidy();
}

#[test]
fn what_forks_away_is_found_and_is_an_error() {
    let Some(place) = Place::new() else { return };
    // two forks and a session of its own; then, without any mark of where it came from
    for program in ["sleep 1000", "exec env -i sleep 1000"] {
        let hooks = format!(
            "import subprocess\n_plain = build_wheel\n\
             def build_wheel(folder, config=None, metadata=None):\n    \
             subprocess.run(['setsid', '-f', 'sh', '-c', '{program}'], check=True)\n    \
             return _plain(folder)\n"
        );
        let (fault, _) = hook_fault(place.wheel(&odd(&hooks)));
        let HookFault::LeftProcesses(left) = fault else {
            panic!("{fault:?}")
        };
        assert!(
            left.iter().any(|one| one.starts_with("sleep (")),
            "{left:?}"
        );
        assert_eq!(names(&place.path("out")), [""; 0]);
        place.assert_tidy();
        for one in left {
            let number = one
                .rsplit_once('(')
                .unwrap()
                .1
                .trim_end_matches(')')
                .to_owned();
            let stat = std::fs::read_to_string(format!("/proc/{number}/stat"));
            assert!(stat.is_err() || stat.unwrap().contains(") Z"), "{one}");
        }
    }
    // one that is not answered for
    let hooks = "def build_wheel(*args):\n    if os.fork():\n        os._exit(0)\n    \
                 os.setsid()\n    import time\n    time.sleep(1000)\n";
    let (fault, _) = hook_fault(place.wheel(&odd(hooks)));
    assert!(
        matches!(fault, HookFault::Died { .. } | HookFault::LeftProcesses(_)),
        "{fault:?}"
    );
    place.assert_tidy();
}

#[test]
fn one_that_takes_its_time_to_end_is_waited_for() {
    let Some(place) = Place::new() else { return };
    let hooks = "import subprocess\n_plain = build_wheel\n\
        def build_wheel(folder, config=None, metadata=None):\n    \
        subprocess.Popen(['sleep', '0.3'])\n    return _plain(folder)\n";
    place.wheel(&odd(hooks)).unwrap();
    place.assert_tidy();
}

#[test]
fn megabytes_of_output_fill_no_disk_and_the_end_is_told() {
    let Some(place) = Place::new() else { return };
    let hooks = "import sys\n\
        def build_wheel(*args):\n    \
        for _ in range(40):\n        sys.stdout.write('all work and no play\\n' * 50000)\n    \
        raise RuntimeError('at last')\n";
    let (fault, last) = hook_fault(place.wheel(&odd(hooks)));
    assert_eq!(fault.to_string(), "failed with RuntimeError: at last");
    assert!(last.len() < 30 && last.last().unwrap().contains("at last"));
    let log = place.path("logs").join("odd-1.0.tar.gz.log");
    assert!(fs_err::metadata(log).unwrap().len() < 20 << 20);
    place.assert_tidy();
}

#[test]
fn nothing_is_written_outside() {
    let Some(place) = Place::new() else { return };
    let outside = place.path("outside");
    fs_err::create_dir(&outside).unwrap();
    fs_err::write(outside.join("file"), "mine").unwrap();
    let hooks = format!(
        "import multiprocessing, tempfile\n_plain = build_wheel\n\
         def build_wheel(folder, config=None, metadata=None):\n    \
         outside = {outside:?}\n    refused = 0\n    \
         for act in (lambda: open(outside + '/file', 'w'), lambda: open(outside + '/new', 'w'),\n        \
         lambda: os.remove(outside + '/file'), lambda: os.mkdir(outside + '/folder'),\n        \
         lambda: os.rename(outside + '/file', outside + '/other'),\n        \
         lambda: os.link(outside + '/file', os.environ['TMPDIR'] + '/link') or open(os.environ['TMPDIR'] + '/link', 'w'),\n        \
         lambda: os.kill(os.getppid(), 0) or os.kill({me}, 0)):\n        \
         try:\n            act()\n        except OSError:\n            refused += 1\n    \
         print('refused', refused)\n    \
         open(os.path.expanduser('~/mine'), 'w').close()\n    tempfile.mkdtemp()\n    \
         multiprocessing.Lock()\n    open(os.devnull, 'w').close()\n    \
         return _plain(folder)\n",
        me = std::process::id(),
    );
    let result = place.wheel(&odd(&hooks));
    let log = fs_err::read_to_string(place.path("logs").join("odd-1.0.tar.gz.log")).unwrap();
    result.unwrap_or_else(|error| panic!("{error}\n{log}"));
    if log.contains("no Landlock here") {
        wh_testing::sandbox::skipped("this kernel has no Landlock");
        return;
    }
    // kernels before 6.12 let signals pass
    assert!(
        log.contains("refused 7") || log.contains("refused 6"),
        "{log}"
    );
    assert_eq!(names(&outside), ["file"]);
    assert_eq!(
        fs_err::read_to_string(outside.join("file")).unwrap(),
        "mine"
    );
    place.assert_tidy();
}

#[test]
fn no_secret_is_handed_over() {
    let Some(mut place) = Place::new() else {
        return;
    };
    for (name, value) in [
        ("GITHUB_TOKEN", "hidden-1"),
        ("HTTPS_PROXY", "http://me:hidden-2@proxy"),
        ("WH_INDEX_CORP_PASSWORD", "hidden-3"),
        ("CFLAGS", "-DSHOWN"),
        ("SOURCE_DATE_EPOCH", "1500000000"),
    ] {
        place.options.variables.insert(name.into(), value.into());
    }
    let hooks = "def get_requires_for_build_wheel(config=None):\n    print(dict(os.environ))\n    return []\n";
    place.wheel(&odd(hooks)).unwrap();
    let log = fs_err::read_to_string(place.path("logs").join("odd-1.0.tar.gz.log")).unwrap();
    assert!(!log.contains("hidden"), "{log}");
    assert!(
        log.contains("-DSHOWN") && log.contains("1500000000"),
        "{log}"
    );
    let home = place.path("scratch").display().to_string();
    assert!(log.contains(&format!("'HOME': '{home}/build-")), "{log}");
}
