//! `fascicle watch`: every save is checked, however it is written, until Ctrl-C.

use super::scene::{Scene, TABLE};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A summary comes within this long, on a machine that does other things besides.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program, and the lines that it prints.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn over(scene: &Scene, files: &[&str]) -> Self {
        let mut command = scene.command(&["watch"]);
        command.args(files).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary starts");
        let stdout = child.stdout.take().expect("its output");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// The next lines hold these words, one after the other; what else comes is passed over.
    #[track_caller]
    fn says(&self, words: &str) {
        let mut heard = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(words) => return,
                Ok(line) => heard.push(line),
                Err(_) => panic!("`{words}` was not said: {heard:#?}"),
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_save_is_checked() {
    let scene = Scene::of_people();
    let watch = Watch::over(&scene, &["table.fx"]);
    watch.says("table.fx: no mistake; clinic:");
    // In place, as some editors write.
    scene.write("table.fx", TABLE.replace("relu", "rellu"));
    watch.says("table.fx: 1 error");
    // Aside and renamed over it, as others do.
    scene.write("aside", TABLE);
    fs::rename(scene.path("aside"), scene.path("table.fx")).expect("a rename");
    watch.says("table.fx: no mistake");
    // Away and back.
    fs::remove_file(scene.path("table.fx")).expect("it is there");
    watch.says("there is no such file; waiting for it");
    scene.write("table.fx", TABLE);
    watch.says("table.fx: no mistake");
}

#[test]
fn a_file_that_is_used_and_a_table_are_followed() {
    let scene = Scene::of_people();
    scene.write("parts.fx", "block Wide(x: [n]) -> [8] { x |> Linear(8) }\n");
    let text = format!("use \"parts.fx\".Wide\n{}", TABLE.replace("record |> Linear(width)", "record |> Wide()"));
    scene.write("table.fx", text.replace("param width: int = 4\n", ""));
    let watch = Watch::over(&scene, &["table.fx"]);
    watch.says("table.fx: no mistake");
    scene.write("parts.fx", "block Wide(x: [n]) -> [8] { x |> Linear(9) }\n");
    watch.says("table.fx: 1 error");
    scene.write("parts.fx", "block Wide(x: [n]) -> [8] { x |> Linear(8) }\n");
    watch.says("table.fx: no mistake");
    let table = scene.read("people.csv").replacen(",a,", ",other,", 1);
    scene.write("people.csv", table);
    watch.says("error");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_well() {
    let scene = Scene::of_people();
    let mut watch = Watch::over(&scene, &["table.fx"]);
    watch.says("table.fx: no mistake");
    let sent = Command::new("kill").args(["-INT", &watch.child.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()));
    let ended = watch.child.wait().expect("it ends");
    assert_eq!(ended.code(), Some(0));
}
