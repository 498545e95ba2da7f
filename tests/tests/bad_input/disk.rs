//! A disk that fills up under an office.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use registry_tests::daemons::Office;
use registry_tests::wait::until;
use registry_tests::world::{ROLES, World, arg};
use serde_json::{Value, json};

/// Room on the small disk: what a store keeps free (64 MB) and as much again.
const DISK_MB: u64 = 128;
/// What is left when it is nearly full: acts are refused, what was begun can be finished.
const LEFT_MB: u64 = 32;

/// A file system of its own, in memory.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf) -> SmallDisk {
        fs::create_dir_all(&at).unwrap();
        let size = format!("size={DISK_MB}m");
        let arguments = ["-t", "tmpfs", "-o", &size, "tmpfs", arg(&at)];
        let mounted = as_root("mount", &arguments);
        assert!(
            mounted,
            "this test needs a small disk of its own: run it as root, or where `sudo -n mount` works"
        );
        as_root("chmod", &["0777", arg(&at)]);
        SmallDisk(at)
    }

    /// Leaves only so much.
    fn fill(&self) {
        let filler = fs::File::create(self.filler()).unwrap();
        let taken = DISK_MB - LEFT_MB - used_mb(&self.0);
        let zeros = vec![0; 1 << 20];
        for _ in 0..taken {
            std::io::Write::write_all(&mut &filler, &zeros).unwrap();
        }
    }

    fn free(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        as_root("umount", &["-l", arg(&self.0)]);
    }
}

fn as_root(program: &str, arguments: &[&str]) -> bool {
    let direct = Command::new(program).args(arguments).output();
    if direct.is_ok_and(|output| output.status.success()) {
        return true;
    }
    let sudo = Command::new("sudo")
        .args(["-n", program])
        .args(arguments)
        .output();
    sudo.is_ok_and(|output| output.status.success())
}

fn used_mb(at: &Path) -> u64 {
    let output = Command::new("du").args(["-sm", arg(at)]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().next().unwrap().parse().unwrap()
}

fn act(office: &Office, pin: &str, phone: &str) -> Value {
    json!({"act": "contact", "person": office.person(pin), "phone": phone})
}

fn line(office: &Office, state: &str) {
    let answer = office
        .api
        .post("/api/v1/line", &json!({"state": state}))
        .unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn on_a_full_disk_acts_are_refused_and_nothing_is_lost() {
    let world = World::start(41, &["00004"], 60);
    let disk = SmallDisk::mount(world.folder().join("disk"));
    let mut office = world.join_in("00004", ROLES, disk.0.join("office"));
    office.start();
    office.filled();
    let pins = world.numbers("00004");
    line(&office, "cut");
    let kept = office.file(&act(&office, &pins[0], "0911111111"));
    assert_eq!(kept.status, 201, "{kept:?}");

    disk.fill();
    let refused = until("acts are refused", || {
        let answer = office.file(&act(&office, &pins[1], "0922222222"));
        (answer.status != 201).then_some(answer)
    });
    assert_eq!(
        (refused.status, refused.code()),
        (503, "disk_full"),
        "{refused:?}"
    );
    assert!(
        refused.text("/error/words").contains("reading goes on"),
        "{refused:?}"
    );
    assert_eq!(office.person(&pins[2]).len(), 32);
    let id = office.person(&pins[0]);
    assert_eq!(
        office
            .api
            .get(&format!("/api/v1/people/{id}"))
            .unwrap()
            .status,
        200
    );

    // What was begun is finished in the room that is left for it.
    line(&office, "restore");
    until("the kept act is answered", || {
        let _ = office.api.post("/api/v1/sync-now", &json!({}));
        (office.status()["unsent"] == json!(0)).then_some(())
    });
    let act_path = format!("/api/v1/acts/{}", kept.text("/act"));
    assert_eq!(office.api.get(&act_path).unwrap().text("/state"), "final");

    disk.free();
    let again = until("acts are taken again", || {
        let answer = office.file(&act(&office, &pins[3], "0933333333"));
        (answer.status == 201).then_some(answer)
    });
    world.until_equal(&office);
    office.kill();
    office.start();
    for filed in [&kept, &again] {
        let path = format!("/api/v1/acts/{}", filed.text("/act"));
        assert_eq!(office.api.get(&path).unwrap().text("/state"), "final");
    }
    world.until_equal(&office);
    world.assert_no_panic();
    drop(office);
}
