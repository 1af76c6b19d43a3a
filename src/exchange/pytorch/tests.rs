//! Checkpoints that are right in every way that PyTorch knows, and wrong in every way that somebody thought of.

use super::crafted::{Crafted, checkpoint, dict, floats, global, int, object, pickle, replaced, text, with_wide_end};
use super::parse;
use crate::{Array, OrderedTensors};
use proptest::prelude::*;
use std::io::Cursor;

fn read(file: &[u8]) -> Result<OrderedTensors, String> {
    parse(Cursor::new(file))
}

/// The tensor of a file that holds one.
fn tensor(file: &[u8]) -> Array {
    let read = read(file).unwrap();
    assert_eq!(read.len(), 1);
    read["w"].clone()
}

#[track_caller]
fn refused(file: &[u8], words: &[&str]) {
    let problem = read(file).expect_err("it is wrong");
    for word in words {
        assert!(problem.contains(word), "`{word}` is not in: {problem}");
    }
}

fn matrix(number: impl Fn(usize, usize) -> usize) -> Array {
    let values = (0..4).flat_map(|i| (0..8).map(move |j| (i, j))).map(|(i, j)| number(i, j) as f32).collect();
    (vec![4, 8], values)
}

#[test]
fn strides_and_offsets_are_followed() {
    assert_eq!(tensor(&Crafted::default().file()), matrix(|i, j| 8 * i + j));
    let transposed = Crafted { strides: vec![1, 4], ..Crafted::default() };
    assert_eq!(tensor(&transposed.file()), matrix(|i, j| i + 4 * j));
    let stepped = Crafted { strides: vec![16, 2], ..Crafted::default() };
    assert_eq!(tensor(&stepped.file()), matrix(|i, j| 16 * i + 2 * j));
    let behind = Crafted { offset: 7, ..Crafted::default() };
    assert_eq!(tensor(&behind.file()), matrix(|i, j| 7 + 8 * i + j));
    let expanded = Crafted { strides: vec![0, 1], ..Crafted::default() };
    assert_eq!(tensor(&expanded.file()), matrix(|_, j| j));
    // [2, 3, 2, 2] with the channels last.
    let last = Crafted { sizes: vec![2, 3, 2, 2], strides: vec![12, 1, 6, 3], ..Crafted::default() };
    let (shape, values) = tensor(&last.file());
    assert_eq!((shape, &values[..6]), (vec![2, 3, 2, 2], &[0.0, 3.0, 6.0, 9.0, 1.0, 4.0][..]));
}

#[test]
fn numbers_and_empty_tensors_are_tensors() {
    let number = Crafted { sizes: vec![], strides: vec![], offset: 5, ..Crafted::default() };
    assert_eq!(tensor(&number.file()), (vec![], vec![5.0]));
    let empty =
        Crafted { sizes: vec![0, 3], strides: vec![3, 1], count: 0, storage: Some(vec![]), ..Crafted::default() };
    assert_eq!(tensor(&empty.file()), (vec![0, 3], vec![]));
    // A stride along an axis of one number is never gone.
    let one = Crafted { sizes: vec![1, 8], strides: vec![i64::MAX, 1], ..Crafted::default() };
    assert_eq!(tensor(&one.file()).1, (0..8).map(|v| v as f32).collect::<Vec<_>>());
}

#[test]
fn every_type_of_number_is_read() {
    let of = |class: &'static str, number: fn(i16) -> Vec<u8>| {
        let storage = (0..64).flat_map(number).collect();
        tensor(&Crafted { class, storage: Some(storage), ..Crafted::default() }.file())
    };
    let expected = matrix(|i, j| 8 * i + j);
    assert_eq!(of("DoubleStorage", |v| f64::from(v).to_le_bytes().to_vec()), expected);
    assert_eq!(of("BFloat16Storage", |v| f32::from(v).to_le_bytes()[2..].to_vec()), expected);
    assert_eq!(of("LongStorage", |v| i64::from(v).to_le_bytes().to_vec()), expected);
    assert_eq!(of("IntStorage", |v| i32::from(v).to_le_bytes().to_vec()), expected);
    assert_eq!(of("ShortStorage", |v| v.to_le_bytes().to_vec()), expected);
    assert_eq!(of("CharStorage", |v| vec![v as u8]), expected);
    assert_eq!(of("ByteStorage", |v| vec![v as u8]), expected);
    assert_eq!(of("BoolStorage", |v| vec![(v % 2) as u8]), matrix(|_, j| j % 2));
    assert_eq!(of("HalfStorage", |_| vec![0x00, 0xc0]).1, [-2.0; 32]);
    let complex = Crafted { class: "ComplexFloatStorage", ..Crafted::default() };
    refused(&complex.file(), &["`w`", "torch.ComplexFloatStorage holds no real numbers"]);
}

#[test]
fn a_storage_without_a_type_takes_that_of_the_tensor() {
    let bytes =
        Crafted { class: "storage\nUntypedStorage", count: 128, storage: Some(vec![1; 128]), ..Crafted::default() };
    let mut value = replaced(&bytes.value(), b"torch\nstorage\n", b"torch.storage\n");
    value = replaced(&value, b"_v2", b"_v3");
    value = replaced(&value, b")RtR", &[b")R", &global("torch", "uint16")[..], b"tR"].concat());
    let file = checkpoint(&pickle(&dict(&[("w", value)])), &bytes.stored(), None);
    assert_eq!(tensor(&file).1, [257.0; 32]);
}

#[test]
fn the_order_of_bytes_is_that_of_the_file() {
    let storage: Vec<u8> = (0..64).flat_map(|v| (v as f32).to_be_bytes()).collect();
    let file = |order| {
        checkpoint(&pickle(&dict(&[("w", Crafted::default().value())])), &[("0", storage.clone())], Some(order))
    };
    assert_eq!(tensor(&file("big")), matrix(|i, j| 8 * i + j));
    refused(&file("middle"), &["order of bytes is `middle`, expected `little` or `big`"]);
}

#[test]
fn archives_with_records_of_64_bits_are_read() {
    assert_eq!(tensor(&with_wide_end(&Crafted::default().file())), matrix(|i, j| 8 * i + j));
}

#[test]
fn files_of_old_are_read() {
    let crafted = Crafted { strides: vec![1, 4], ..Crafted::default() };
    assert_eq!(tensor(&crafted.legacy()), matrix(|i, j| i + 4 * j));
    let part = replaced(&crafted.legacy(), b"NtQ", &[b"(", &text("0.8")[..], &int(8), &int(40), b"ttQ"].concat());
    assert_eq!(tensor(&part), matrix(|i, j| 8 + i + 4 * j));
    let part = replaced(&crafted.legacy(), b"NtQ", &[b"(", &text("0.8")[..], &int(40), &int(40), b"ttQ"].concat());
    refused(&part, &["reaches outside of its storage"]);
    let whole = crafted.legacy();
    refused(&whole[..whole.len() - 9], &["cut short"]);
    refused(&[&whole[..], b"more"].concat(), &["more than its storages"]);
    refused(&replaced(&whole, b"little_endian\x88", b"little_endian\x89"), &["PyTorch 1.6 or newer"]);
}

#[test]
fn names_are_those_of_the_file_in_its_order() {
    let value = || Crafted::default().value();
    let list = [b"](".to_vec(), value(), dict(&[("b", value())]), b"e".to_vec()].concat();
    let state = dict(&[("z.weight", value()), ("a.weight", value()), ("list", list)]);
    let file = |nest: &[u8]| checkpoint(&pickle(nest), &Crafted::default().stored(), None);
    let names = ["z.weight", "a.weight", "list.0", "list.1.b"];
    assert_eq!(read(&file(&state)).unwrap().keys().collect::<Vec<_>>(), names);
    // Optimisers, arguments and figures beside it are passed over.
    let arguments = object("argparse", "Namespace", &dict(&[("lr", b"G\x3f\xf0\0\0\0\0\0\0".to_vec())]));
    let optimizer = object("torch.optim.adam", "Adam", &dict(&[("exp_avg", value())]));
    let nest = dict(&[("epoch", int(7)), ("args", arguments), ("optimizer", optimizer), ("state_dict", state)]);
    assert_eq!(read(&file(&nest)).unwrap().keys().collect::<Vec<_>>(), names);
    refused(&file(&dict(&[("a", dict(&[("b", value())])), ("a.b", value())])), &["two tensors called `a.b`"]);
}

#[test]
fn whole_models_are_refused_by_their_class() {
    let weights = dict(&[("_parameters", dict(&[("w", Crafted::default().value())]))]);
    let file = |value: &[u8]| checkpoint(&pickle(value), &Crafted::default().stored(), None);
    let model = object("nets.vae", "Encoder", &weights);
    let save = "save `model.state_dict()` instead";
    refused(&file(&model), &["it holds a whole model object (nets.vae.Encoder)", save]);
    refused(&file(&dict(&[("model", model)])), &["its `model` holds a whole model object (nets.vae.Encoder)", save]);
    let code = [&global("posix", "system")[..], b"(", &text("touch it"), b"tR"].concat();
    refused(&file(&dict(&[("w", code)])), &["no tensor", "posix.system"]);
    let sparse =
        [global("torch._utils", "_rebuild_sparse_tensor"), b"(".to_vec(), Crafted::default().value(), b"tR".to_vec()];
    refused(
        &file(&dict(&[("w", sparse.concat())])),
        &["its `w` is a tensor of a kind that is not read (sparse_tensor)"],
    );
    refused(&file(&dict(&[])), &["it holds no tensor"]);
    let negative = replaced(&Crafted::default().value(), b")RtR", &[b")R}", &text("neg")[..], b"\x88stR"].concat());
    refused(&file(&dict(&[("w", negative)])), &["its `w` is a view", "still to be negated", "resolve_neg()"]);
}

#[test]
fn views_outside_of_their_storage_are_refused() {
    let case = |crafted: Crafted, word: &str| refused(&crafted.file(), &["`w`", word]);
    let usual = Crafted::default;
    case(Crafted { offset: 33, ..usual() }, "offset 33: it reaches outside of its storage of 64 numbers");
    case(Crafted { offset: -5, ..usual() }, "reaches outside");
    case(Crafted { offset: 1 << 40, ..usual() }, "reaches outside");
    case(Crafted { offset: i64::MAX, ..usual() }, "reaches outside");
    case(Crafted { strides: vec![1 << 40, 1], ..usual() }, "reaches outside");
    case(Crafted { strides: vec![i64::MAX, i64::MAX], ..usual() }, "reaches outside");
    case(Crafted { strides: vec![-8, -1], ..usual() }, "the stride -8: expected 0 or more");
    case(Crafted { sizes: vec![-4, 8], ..usual() }, "the size -4: expected 0 or more");
    case(Crafted { sizes: vec![1 << 31, 1 << 31], ..usual() }, "more numbers than any file holds");
    case(Crafted { sizes: vec![0, 1 << 62], ..usual() }, "more numbers than any file holds");
    case(Crafted { sizes: vec![8], ..usual() }, "1 sizes and 2 strides");
    case(Crafted { sizes: vec![1; 65], strides: vec![1; 65], ..usual() }, "at most 64");
}

#[test]
fn storages_that_are_not_what_they_say_are_refused() {
    let case = |crafted: Crafted, word: &str| refused(&crafted.file(), &["`w`", word]);
    let usual = Crafted::default;
    case(Crafted { storage: None, ..usual() }, "storage `0` is missing");
    case(Crafted { storage: Some(floats(64)[..10].to_vec()), ..usual() }, "64 numbers of 4 bytes, and holds 10 bytes");
    case(Crafted { storage: Some(floats(65)), ..usual() }, "holds 260 bytes");
    case(Crafted { count: 1 << 40, ..usual() }, "and holds 256 bytes");
    case(Crafted { count: -1, ..usual() }, "and holds 256 bytes");
    case(Crafted { count: i64::MAX, ..usual() }, "and holds 256 bytes");
    case(Crafted { key: "../../etc/passwd", ..usual() }, "storage is called `../../etc/passwd`, expected a number");
}

#[test]
fn tensors_that_repeat_numbers_beyond_measure_are_refused() {
    let bomb = Crafted { sizes: vec![1 << 30, 1 << 10], strides: vec![0, 0], ..Crafted::default() };
    refused(&bomb.file(), &["repeat numbers beyond all measure"]);
    let large = Crafted { sizes: vec![1 << 20, 8], strides: vec![0, 1], ..Crafted::default() };
    assert_eq!(tensor(&large.file()).1.len(), 1 << 23);
    let value = large.value();
    let three = dict(&[("a", value.clone()), ("b", value.clone()), ("c", value)]);
    refused(&checkpoint(&pickle(&three), &large.stored(), None), &["beyond all measure"]);
}

#[test]
fn damaged_archives_are_refused() {
    let file = Crafted::default().file();
    let numbers = floats(64);
    let mut flipped = numbers.clone();
    flipped[20] ^= 0x40;
    refused(&replaced(&file, &numbers, &flipped), &["checksum of its entry `net/data/0`", "download it again"]);
    refused(&replaced(&file, b"OrderedDict", b"OrderedDisk"), &["checksum of its entry `net/data.pkl`"]);
    for cut in [1, 22, 40, 100, 300, file.len() - 4] {
        refused(&file[..file.len() - cut], &["damaged or cut short"]);
    }
    refused(&file[..3], &["damaged or cut short"]);
    refused(b"", &["neither an archive"]);
    refused(b"hello world", &["expected what `torch.save(model.state_dict(), ..)`"]);
    // A claim of 4 billion entries.
    let mut many = with_wide_end(&file);
    let at = many.len() - 22 - 20 - 56 + 32;
    many[at..at + 8].copy_from_slice(&(1u64 << 32).to_le_bytes());
    refused(&many, &["directory is cut short"]);
    let last = file.windows(10).rposition(|w| w == b"net/data/0").unwrap();
    let mut renamed = file;
    renamed[last + 9] = b'1';
    refused(&renamed, &["`net/data/1` is not where the directory says"]);
}

#[test]
fn depth_and_repetition_cost_nothing() {
    let file = |value: Vec<u8>| checkpoint(&pickle(&value), &Crafted::default().stored(), None);
    let depth = 1_000_000;
    refused(&file([vec![b'('; depth], vec![b'l'; depth]].concat()), &["it holds no tensor"]);
    refused(&file([vec![b')'], vec![0x85; depth]].concat()), &["it holds no tensor"]);
    let value = Crafted::default().value();
    refused(&file([value.clone(), vec![0x85; depth]].concat()), &["more than 64 deep"]);
    refused(&file([b"]".to_vec(), vec![b'2'; 5_000_000]].concat()), &["open at once"]);
    refused(&file([vec![b')'; 5_000_000]].concat()), &["more than 4194304 values"]);
    // Lists of eight times the list before: 8^60 names.
    let step = [b"(".to_vec(), b"h\0".repeat(8), b"lq\0".to_vec()].concat();
    refused(&file([&b"]q\0"[..], &step.repeat(60)].concat()), &["it holds no tensor"]);
    refused(&file([&value[..], b"q\0", &step.repeat(60)].concat()), &["too often"]);
    // A list in itself.
    refused(&file([&b"]q\0("[..], &value, b"h\0e"].concat()), &["more than 64 deep"]);
    // A long key, very often.
    let key = [b"}".to_vec(), text(&"k".repeat(100_000)), b"q\x01".to_vec(), value, b"sq\0".to_vec()].concat();
    let often = [&key[..], b"(", &b"h\0".repeat(10_000), b"l"].concat();
    refused(&file(often), &["too often"]);
}

#[test]
fn pickles_that_lie_are_refused() {
    let file = |pickle: &[u8]| checkpoint(pickle, &[], None);
    let case = |pickle: &[u8], word: &str| refused(&file(pickle), &[word]);
    case(b"", "cut short");
    case(b"\x80\x02]q\0", "it has no end");
    case(b"\x80\x02.", "a value is missing");
    case(b"\x80\x020000.", "a value is missing");
    case(b"\x80\x02h\x05.", "value 5, which is not there");
    case(b"\x80\x02t.", "a group is closed that was not opened");
    case(b"\x80\x02X\xff\xff\xff\x7fabc.", "it wants 2147483647 bytes where 4 are left");
    case(b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7fabc.", "bytes where 4 are left");
    case(b"\x80\x02\x8b\xff\xff\xff\x7f1111.", "bytes where 5 are left");
    case(b"\x80\x02}(K\x01u.", "a key without a value");
    case(b"\x80\x02K\x01K\x02K\x03s.", "what is no dictionary");
    case(b"\x80\x02K\x01Q.", "no storage of numbers");
    case(b"\x80\x02\x82\x01.", "the instruction 0x82");
    case(b"\x80\x02ctorch", "a line without an end");
}

#[test]
fn the_files_of_the_trial_are_read_rightly_or_refused() {
    let Some(folder) = fascicle_reference::shared("findings/repro/weights") else { return };
    let read = |name: &str| read(&std::fs::read(folder.join(format!("{name}.pt"))).unwrap());
    type Number = fn(usize, usize) -> usize;
    let crafted: [(&str, Number); 10] = [
        ("contig", |i, j| 8 * i + j),
        ("transposed", |i, j| i + 4 * j),
        ("offset", |i, j| 7 + 8 * i + j),
        ("sliced_step2", |i, j| 16 * i + 2 * j),
        ("expanded", |_, j| j),
        ("half_cls", |i, j| 8 * i + j),
        ("bf16", |i, j| 8 * i + j),
        ("double", |i, j| 8 * i + j),
        ("int", |i, j| 8 * i + j),
        ("big_endian", |i, j| 8 * i + j),
    ];
    for (name, expected) in crafted {
        let found = read(&format!("s_{name}")).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert_eq!(found["m.Linear.weight"], matrix(expected), "{name}");
    }
    let wrong = [
        ("s_key_slip", "expected a number"),
        ("s_missing_storage", "missing"),
        ("s_numel_huge", "holds 128 bytes"),
        ("s_off_huge", "holds 256 bytes"),
        ("s_off_neg", "holds 256 bytes"),
        ("s_short10", "holds 10 bytes"),
        ("s_short_half", "holds 64 bytes"),
        ("s_stride_huge", "holds 256 bytes"),
        ("s_stride_neg", "holds 256 bytes"),
        ("s_zip_bitflip_in_data", "checksum"),
        ("s_zip_cut", "cut short"),
        ("real_bitflip", "checksum"),
        ("deep_list", "no tensor"),
        ("deep_tuple", "no tensor"),
        ("memo_bomb", "no tensor"),
        ("sd_expand_bomb", "beyond all measure"),
        ("sd_size_huge", "more numbers than any file holds"),
        ("sd_size_neg", "size -4"),
    ];
    for (name, word) in wrong {
        let problem = read(name).expect_err(name);
        assert!(problem.contains(word), "{name}: {problem}");
    }
    // Of PyTorch itself, the same weights laid out in two ways.
    let (plain, last) = (read("real_contig").unwrap(), read("real_channels_last").unwrap());
    assert_eq!(plain, last);
    assert_eq!(plain.keys().collect::<Vec<_>>(), ["conv.weight", "conv.bias", "lin.weight", "lin.bias"]);
    assert_eq!(read("real_transposed").unwrap()["lin.weight"].0, [2, 4]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Damage is told, or does not matter.
    #[test]
    fn no_damage_gives_other_numbers(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        wide in any::<bool>(),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let mut file = Crafted { strides: vec![1, 4], ..Crafted::default() }.file();
        if wide {
            file = with_wide_end(&file);
        }
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()));
        }
        if let Ok(read) = read(&file) {
            prop_assert_eq!(read.get("w"), Some(&matrix(|i, j| i + 4 * j)));
        }
    }

    /// Without checksums in between: any pickle is an error or tensors.
    #[test]
    fn no_pickle_makes_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let value = Crafted::default().value();
        let list = [b"](".to_vec(), value.clone(), int(3), b"e".to_vec()].concat();
        let mut changed = pickle(&dict(&[("w", value), ("list", list), ("o", object("a", "B", &dict(&[])))]));
        for (at, byte) in changes {
            let at = at.index(changed.len());
            changed[at] = byte;
        }
        let _ = read(&checkpoint(&changed, &Crafted::default().stored(), None));
        let legacy = Crafted::default().legacy();
        let mut legacy = legacy;
        let at = changed.len() % legacy.len();
        legacy[at] ^= changed[changed.len() / 2];
        let _ = read(&legacy);
    }
}
