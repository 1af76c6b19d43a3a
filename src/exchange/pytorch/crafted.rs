//! Checkpoints made byte by byte, as `torch.save` lays them out and as it never would.

mod zip;

pub use zip::zip;

/// One tensor under a name, and what its file says of it.
pub struct Crafted {
    pub name: &'static str,
    pub class: &'static str,
    pub key: &'static str,
    /// Numbers that the storage is said to have.
    pub count: i64,
    pub offset: i64,
    pub sizes: Vec<i64>,
    pub strides: Vec<i64>,
    pub storage: Option<Vec<u8>>,
}

impl Default for Crafted {
    /// 64 numbers from 0, of which the first 32 are a matrix.
    fn default() -> Self {
        Self {
            name: "w",
            class: "FloatStorage",
            key: "0",
            count: 64,
            offset: 0,
            sizes: vec![4, 8],
            strides: vec![8, 1],
            storage: Some(floats(64)),
        }
    }
}

/// 32-bit numbers from 0.
pub fn floats(count: usize) -> Vec<u8> {
    (0..count).flat_map(|v| (v as f32).to_le_bytes()).collect()
}

impl Crafted {
    /// What makes the tensor.
    pub fn value(&self) -> Vec<u8> {
        let mut pickle = b"ctorch._utils\n_rebuild_tensor_v2\n((".to_vec();
        pickle.extend([text("storage"), global("torch", self.class), text(self.key), text("cpu")].concat());
        pickle.extend(
            [int(self.count), b"tQ".to_vec(), int(self.offset), ints(&self.sizes), ints(&self.strides)].concat(),
        );
        pickle.extend(b"\x89ccollections\nOrderedDict\n)RtR");
        pickle
    }

    /// An archive with the tensor alone.
    pub fn file(&self) -> Vec<u8> {
        checkpoint(&pickle(&dict(&[(self.name, self.value())])), &self.stored(), None)
    }

    pub fn stored(&self) -> Vec<(&'static str, Vec<u8>)> {
        self.storage.iter().map(|bytes| (self.key, bytes.clone())).collect()
    }

    /// The same as files before PyTorch 1.6 had it.
    pub fn legacy(&self) -> Vec<u8> {
        let mut file = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.".to_vec();
        file.extend(pickle(&dict(&[("little_endian", b"\x88".to_vec())])));
        // Of old, a sixth item says which part of the storage is meant.
        let value = replaced(&self.value(), b"tQ", b"NtQ");
        file.extend(pickle(&dict(&[(self.name, value)])));
        file.extend(pickle(&[b"](".to_vec(), text(self.key), b"e".to_vec()].concat()));
        file.extend(self.count.to_le_bytes());
        file.extend(self.storage.iter().flatten());
        file
    }
}

/// A pickle of a value.
pub fn pickle(value: &[u8]) -> Vec<u8> {
    [b"\x80\x02", value, b"."].concat()
}

pub fn text(text: &str) -> Vec<u8> {
    [b"X", &(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
}

pub fn int(number: i64) -> Vec<u8> {
    [b"\x8a\x08", &number.to_le_bytes()[..]].concat()
}

pub fn ints(numbers: &[i64]) -> Vec<u8> {
    [b"(".to_vec(), numbers.iter().flat_map(|n| int(*n)).collect(), b"t".to_vec()].concat()
}

pub fn global(module: &str, name: &str) -> Vec<u8> {
    format!("c{module}\n{name}\n").into_bytes()
}

/// `OrderedDict`, as of modules, in this order.
pub fn dict(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<u8> = entries.iter().flat_map(|(key, value)| [text(key), value.clone()].concat()).collect();
    [b"ccollections\nOrderedDict\n)R(", &entries[..], b"u"].concat()
}

/// An object of a class of somebody's own, with this state.
pub fn object(module: &str, class: &str, state: &[u8]) -> Vec<u8> {
    [&global(module, class)[..], b")\x81", state, b"b"].concat()
}

/// An archive with this pickle and these storages.
pub fn checkpoint(pickle: &[u8], storages: &[(&str, Vec<u8>)], order: Option<&str>) -> Vec<u8> {
    let mut files = vec![("net/data.pkl".to_string(), pickle.to_vec())];
    files.extend(order.map(|order| ("net/byteorder".to_string(), order.as_bytes().to_vec())));
    files.extend(storages.iter().map(|(key, bytes)| (format!("net/data/{key}"), bytes.clone())));
    files.push(("net/version".into(), b"3\n".to_vec()));
    zip(&files)
}

/// The same archive with its directory in records of 64 bits, as `torch.save` ends its files.
pub fn with_wide_end(file: &[u8]) -> Vec<u8> {
    let end = file.len() - 22;
    let short = &file[end..];
    let number = |at: usize| u64::from(u32::from_le_bytes(short[at..at + 4].try_into().unwrap())).to_le_bytes();
    let entries = u64::from(u16::from_le_bytes(short[10..12].try_into().unwrap())).to_le_bytes();
    let mut out = file[..end].to_vec();
    out.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x1e\x03\x2d\0\0\0\0\0\0\0\0\0");
    out.extend([entries, entries, number(12), number(16)].concat());
    out.extend(b"PK\x06\x07\0\0\0\0");
    out.extend((end as u64).to_le_bytes());
    out.extend(1u32.to_le_bytes());
    out.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    out
}

/// The first occurrence of some bytes, replaced.
pub fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from).expect("there");
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}
