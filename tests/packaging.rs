//! The wheel says of itself what Cargo.toml says. It is built and tried by `packaging/build.sh`, not here.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn toml(path: &str) -> toml::Table {
    let text = std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.parse().unwrap_or_else(|e| panic!("{path}: {e}"))
}

#[test]
fn the_wheel_has_the_name_version_and_licence_of_the_package() {
    let (wheel, cargo) = (toml("packaging/pyproject.toml"), toml("Cargo.toml"));
    let project = &wheel["project"];
    assert_eq!(project["name"], cargo["package"]["name"]);
    // maturin takes it from the manifest: two numbers cannot part.
    assert!(project.get("version").is_none());
    assert!(project["dynamic"].as_array().expect("a list").iter().any(|field| field.as_str() == Some("version")));
    assert_eq!(project["license"], cargo["workspace"]["package"]["license"]);
    assert_eq!(env!("CARGO_PKG_VERSION"), cargo["workspace"]["package"]["version"].as_str().expect("a version"));
    for licence in project["license-files"].as_array().expect("a list") {
        let name = licence.as_str().expect("a name");
        let packed = std::fs::read(root().join("packaging").join(name)).expect("a licence");
        assert_eq!(packed, std::fs::read(root().join(name)).expect("a licence"), "{name}");
    }
}

#[test]
fn the_wheel_holds_the_program_of_this_package() {
    let maturin = &toml("packaging/pyproject.toml")["tool"]["maturin"];
    assert_eq!(maturin["bindings"].as_str(), Some("bin"));
    let manifest = root().join("packaging").join(maturin["manifest-path"].as_str().expect("a path"));
    assert_eq!(manifest.canonicalize().ok(), root().join("Cargo.toml").canonicalize().ok());
    let program = Path::new(env!("CARGO_BIN_EXE_fascicle"));
    assert_eq!(program.file_stem().and_then(|name| name.to_str()), Some("fascicle"));
}
