//! Exported models against the models themselves: every operator of the language, every construct, and the published networks.
//! Both compute the same numbers: PyTorch source outputs, losses and gradients, an ONNX file outputs.
//!
//! `FASCICLE_TORCH=python` names a Python with torch and safetensors, `FASCICLE_ONNX=python` one with onnx and onnxruntime; where one
//! is not set and `python3` has none, its test says so and passes.

#[path = "../case/mod.rs"]
mod case;
mod cases;
mod onnx;
mod torch;

use std::path::Path;
use std::process::Command;

/// A Python that has these modules.
fn python(variable: &str, modules: &[&str]) -> Option<String> {
    let asked = std::env::var(variable).ok();
    let python = asked.clone().unwrap_or_else(|| "python3".into());
    let found = Command::new(&python).args(["-c", &format!("import {}", modules.join(", "))]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    let modules = modules.join(" and ");
    assert!(asked.is_none(), "{variable}={python} has no {modules}");
    eprintln!("skipped: python3 has no {modules}; {variable} names one that has");
    None
}

/// Runs the cases of a folder, a line of JSON each, and prints the worst.
fn report(python: &str, script: &Path, folder: &Path, of: &str, tolerance: f64) {
    let output = Command::new(python).arg(script).arg(folder).output().expect("python runs");
    let told = String::from_utf8_lossy(&output.stdout);
    let mut rows: Vec<(f64, String)> = Vec::new();
    for line in told.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        let text = match row["error"].as_str() {
            Some(error) => format!("{}: {error}", row["case"]),
            None => format!("{}: {}", row["case"], row["of"]),
        };
        rows.push((row["worst"].as_f64().unwrap_or(f64::INFINITY), text));
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let failed = rows.iter().filter(|(worst, _)| *worst > tolerance).count();
    println!("{of}, {} cases, {failed} beyond {tolerance:.0e}", rows.len());
    for (worst, text) in rows.iter().take(failed.max(8)) {
        println!("  {worst:.1e}  {text}");
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(failed, 0);
}
