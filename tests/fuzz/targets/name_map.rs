//! A name map, the tensors of a file and the weights of a program, as three texts between lines of `---`: the map is refused
//! in words, or binds, and what it imports it exports again. A drafted map is one that can be read.
#![no_main]

use fascicle_exchange::{NameMap, Place, Tensors, draft};
use fascicle_fuzz::limit::within;
use indexmap::IndexMap;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;

/// Most numbers of one tensor, and most tensors.
const MOST: usize = 4096;

/// `encoder.w 2 3` by line.
fn shapes(text: &str) -> Vec<Place> {
    let one = |line: &str| {
        let mut words = line.split(' ');
        let name = words.next()?.to_owned();
        let shape: Vec<usize> = words.map(str::parse).collect::<Result<_, _>>().ok()?;
        let size = shape.iter().try_fold(1_usize, |size, n| size.checked_mul(*n))?;
        (size <= MOST && shape.len() <= 8).then_some((name, shape))
    };
    let mut known = std::collections::BTreeSet::new();
    text.lines().filter_map(one).filter(|(name, _)| known.insert(name.clone())).take(64).collect()
}

fn counting(shapes: &BTreeMap<String, Vec<usize>>) -> Tensors {
    let mut next = 0.0;
    let tensor = |(name, shape): (&String, &Vec<usize>)| {
        let values = (0..shape.iter().product::<usize>()).map(|_| {
            next += 1.0;
            next
        });
        (name.clone(), (shape.clone(), values.collect()))
    };
    shapes.iter().map(tensor).collect()
}

fuzz_target!(init: fascicle_fuzz::seeds::write("name_map"), |data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut parts = text.split("\n---\n");
    let map = parts.next().unwrap_or_default();
    let in_file = shapes(parts.next().unwrap_or_default());
    let places = shapes(parts.next().unwrap_or_default());
    within(256 << 20, || {
        let ordered: IndexMap<String, Vec<usize>> = in_file.iter().cloned().collect();
        let drafted = draft(&ordered, &places);
        if let Err(error) = NameMap::parse(&drafted) {
            panic!("a drafted map cannot be read: {error}\n{drafted}");
        }
        let map = match NameMap::parse(map) {
            Ok(map) => map,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                return;
            }
        };
        map.guesses();
        let file: BTreeMap<String, Vec<usize>> = in_file.into_iter().collect();
        let weights = counting(&places.iter().cloned().collect());
        if let Ok(way_out) = map.inverse(&places)
            && let Ok(exported) = way_out.export(&weights)
        {
            assert!(exported.values().all(|(shape, values)| shape.iter().product::<usize>() == values.len()));
        }
        let binding = match map.bind(&places, &file) {
            Ok(binding) => binding,
            Err(mismatch) => {
                assert!(!mismatch.to_string().is_empty());
                return;
            }
        };
        let Ok(imported) = binding.import(&counting(&file)) else { return };
        for (name, (shape, values)) in &imported {
            assert_eq!(shape.iter().product::<usize>(), values.len(), "{name}");
            assert!(places.iter().any(|(place, expected)| place == name && expected == shape), "{name} {shape:?}");
        }
        if let Ok(exported) = binding.export(&weights)
            && let Ok(back) = binding.import(&exported)
        {
            for (name, weight) in &back {
                assert!(weights.get(name) == Some(weight), "{name} comes back otherwise");
            }
        }
    });
});
