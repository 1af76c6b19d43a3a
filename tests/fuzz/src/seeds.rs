//! What the search starts from: files of the tree, crafted ones, and those kept in `seeds/`.
//!
//! A target that is started with `FUZZ_SEEDS=FOLDER` writes all of them into `FOLDER/TARGET` before it reads its corpus.

use crate::{craft, program, root};
use std::io::Result;
use std::path::{Path, PathBuf};

/// Writes the seeds of a target where `FUZZ_SEEDS` says, if it says so.
pub fn write(target: &str) {
    if let Some(folder) = std::env::var_os("FUZZ_SEEDS") {
        all(&PathBuf::from(folder), target).expect("the folder of the corpus can be written");
    }
}

fn all(folder: &Path, wanted: &str) -> Result<()> {
    let put = |target: &str, name: &str, bytes: &[u8]| -> Result<()> {
        if target != wanted {
            return Ok(());
        }
        let folder = folder.join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(name), bytes)
    };
    let all = program::programs(program::FOLDERS);
    for (at, program) in all.iter().enumerate() {
        put("parse", &format!("{at}-{}", program.name), program.text.as_bytes())?;
        // Unchanged, and with one change that most often compiles.
        let place = (at as u16).to_be_bytes();
        put("compile", &format!("{at}"), &place)?;
        put("compile", &format!("{at}-number"), &[&place[..], &[0, 0, 3, 0, 4]].concat())?;
    }
    for (name, shape, datatype, bytes, big) in [
        ("u8", [3, 4, 5], 2, 1, false),
        ("i16", [4, 3, 2], 4, 2, false),
        ("i16-big", [4, 3, 2], 4, 2, true),
        ("i32", [2, 3, 4], 8, 4, false),
        ("f32", [2, 2, 2], 16, 4, false),
        ("f64", [2, 2, 2], 64, 8, false),
        ("i8", [2, 2, 2], 256, 1, false),
        ("u16", [2, 2, 2], 512, 2, true),
        ("u64", [2, 2, 2], 1280, 8, false),
        ("rgb", [2, 2, 2], 128, 3, false),
    ] {
        let image = craft::nifti(shape, datatype, bytes, big);
        put("nifti", name, &[&[0], &image[..]].concat())?;
        put("nifti", &format!("{name}-packed"), &[&[1], &image[..]].concat())?;
        put("nifti", &format!("{name}-gzip"), &[&[0], &craft::gzip(&image)[..]].concat())?;
    }
    put("nifti", "second", &[&[0], &craft::nifti2([3, 2, 2])[..]].concat())?;
    put("nifti", "second-packed", &[&[1], &craft::nifti2([3, 2, 2])[..]].concat())?;
    for (name, text) in [
        ("plain.csv", "participant_id,age,sex\nsub-01,63,F\nsub-02,71.5,M\n"),
        ("tabs", "participant_id\tage\tsession_id\nsub-01\t63\tses-1\nsub-01\tn/a\tses-2\n"),
        ("quoted", "id,note\n1,\"a, b\"\n2,\"two\nlines\"\n"),
        ("semicolons", "\u{feff}id;x\r\n1;2,5\r\n\r\n2;NaN\r\n"),
        ("unnamed", ",a,\n0,1,2\n1,3,4\n"),
        ("twice", "id,a,a\n1,2,3\n"),
        ("short", "id,a\n1\n"),
        ("numbers", "id,x\na,1e308\nb,-0\nc,inf\nd,0x10\ne,1_000\n"),
    ] {
        put("table", name, &[&[0], text.as_bytes()].concat())?;
        put("table", &format!("{name}-tsv"), &[&[1], text.replace(',', "\t").as_bytes()].concat())?;
    }
    let storage: Vec<u8> = (0..64).flat_map(|v| (v as f32).to_le_bytes()).collect();
    for (name, sizes, strides, class) in [
        ("rows", &[4_i64, 8][..], &[8_i64, 1][..], "FloatStorage"),
        ("columns", &[8, 4], &[1, 8], "FloatStorage"),
        ("one", &[], &[], "DoubleStorage"),
        ("halves", &[2, 3, 4], &[12, 4, 1], "HalfStorage"),
        ("repeated", &[1000, 2], &[0, 1], "LongStorage"),
    ] {
        let pickle = craft::pickle(sizes, strides, class, 16, 0);
        let length = (pickle.len() as u16).to_be_bytes();
        put("checkpoint", name, &[&[1], &length[..], &pickle, &storage].concat())?;
        put("checkpoint", &format!("{name}-file"), &[&[0], &craft::checkpoint(&pickle, &storage, false)[..]].concat())?;
        put("checkpoint", &format!("{name}-old"), &[&[0], &craft::legacy(&pickle, 64, &storage)[..]].concat())?;
    }
    let header = br#"{"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}}"#;
    put("checkpoint", "safe", &[&[2], &header[..], &[0], &storage[..32]].concat())?;
    put("checkpoint", "safe-file", &[&[0], &craft::safetensors(header, &storage[..32])[..]].concat())?;
    for (name, text) in [
        (
            "names",
            "[names]\nencoder = \"m.E\"\n\"fc.weight\" = \"m.L.weight\"\n---\nencoder.w 2 3\nfc.weight 4\n---\nm.E.w 2 3\nm.L.weight 4\n",
        ),
        (
            "inside",
            "[names]\nmid = \"m\"\n[inside]\n\"blocks.0\" = \"Sep\"\nconv = \"Conv\"\n---\nmid.blocks.0.conv.w 2\n---\nm.Sep.Conv.w 2\n",
        ),
        (
            "weights",
            "ignore = [\"h.*\"]\ninitial = [\"m.I.*\"]\n[weights]\n\"m.a\" = { from = \"k\", view = [8, 4, 2], permute = [0, 2, 1], shape = [64] }\n\"m.b\" = { from = [\"x\", \"y\"], axis = 0 }\n\"m.c\" = { from = \"z\", part = [0, 2] }\n---\nk 64\nx 2\ny 3\nz 5\nh.q 1\n---\nm.a 64\nm.b 5\nm.c 2\nm.I.w 3\n",
        ),
        (
            "parts",
            "[weights]\n\"m.a\" = { from = \"z\", part = [0, 2] }\n\"m.b\" = { from = \"z\", part = [2, 5] }\n\"m.c\" = { from = [\"x\", \"y\"], sizes = [1, 2], permute = [1, 0] }\n---\nz 5\nx 1 4\ny 2 4\n---\nm.a 2\nm.b 3\nm.c 4 3\n",
        ),
    ] {
        put("name_map", name, text.as_bytes())?;
    }
    let kept = root().join("tests/fuzz/seeds").join(wanted);
    for seed in std::fs::read_dir(kept).into_iter().flatten().flatten() {
        put(wanted, &seed.file_name().to_string_lossy(), &std::fs::read(seed.path())?)?;
    }
    Ok(())
}
