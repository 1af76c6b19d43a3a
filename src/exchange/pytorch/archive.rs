//! The ZIP archive of `torch.save`: a file comes in, the bytes of an entry go out, once their checksum is right.
//!
//! `torch.save` stores its entries as they are. Only such entries are read, so that an entry is never larger than the file;
//! sizes, places and names are held against the file before anything is allocated for them.

use flate2::Crc;
use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};

/// An archive whose directory has been read.
pub(super) struct Archive<R> {
    file: R,
    length: u64,
    entries: HashMap<String, Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Where its bytes begin.
    start: u64,
    size: u64,
    checksum: u32,
    /// Why it cannot be read.
    refused: Option<&'static str>,
}

/// What the directory says of itself.
struct Directory {
    entries: u64,
    size: u64,
    start: u64,
    /// What stands behind it.
    end: u64,
}

/// The longest end of an archive: a record of 22 bytes and a comment.
const LONGEST_END: u64 = 22 + u16::MAX as u64;

impl<R: Read + Seek> Archive<R> {
    /// Reads the directory and holds it against the file.
    pub fn open(mut file: R) -> Result<Self, String> {
        let length = file.seek(SeekFrom::End(0)).map_err(words)?;
        let directory = directory(&mut file, length)?;
        let listed = bytes(&mut file, directory.start, directory.size)?;
        let mut archive = Self { file, length, entries: HashMap::new() };
        let mut rest = Fields(&listed);
        for _ in 0..directory.entries {
            let (name, entry) = archive.entry(&mut rest, directory.start)?;
            if archive.entries.insert(name.clone(), entry).is_some() {
                return Err(damaged(&format!("it has two entries `{name}`")));
            }
        }
        if !rest.0.is_empty() {
            return Err(damaged("its directory lists more than it counts"));
        }
        Ok(archive)
    }

    /// Bytes of the whole file.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Names of all entries.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Bytes of an entry; `None` where there is none.
    pub fn size(&self, name: &str) -> Option<u64> {
        self.entries.get(name).map(|entry| entry.size)
    }

    /// The bytes of an entry; `None` where there is none.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, String> {
        let Some(entry) = self.entries.get(name).copied() else { return Ok(None) };
        if let Some(why) = entry.refused {
            return Err(format!("its entry `{name}` {why}, which `torch.save` does not do: save it again"));
        }
        let read = bytes(&mut self.file, entry.start, entry.size)?;
        let mut checksum = Crc::new();
        checksum.update(&read);
        if checksum.sum() != entry.checksum {
            return Err(damaged(&format!(
                "the checksum of its entry `{name}` is {:08x}, expected {:08x}; copy or download it again (or, where it \
                 was saved without checksums, save it with them)",
                checksum.sum(),
                entry.checksum
            )));
        }
        Ok(Some(read))
    }

    /// One entry of the directory, checked against the header that stands before its bytes.
    fn entry(&mut self, rest: &mut Fields<'_>, directory: u64) -> Result<(String, Entry), String> {
        let cut = || damaged("its directory is cut short");
        let head: [u8; 46] = rest.array().ok_or_else(cut)?;
        let mut fields = Fields(&head);
        if fields.array() != Some(*b"PK\x01\x02") {
            return Err(damaged("its directory holds something else than entries"));
        }
        let mut fields = Fields(&head[8..]);
        let (flags, method) = (fields.u16()?, fields.u16()?);
        fields.u32()?; // time and date
        let checksum = fields.u32()?;
        let (packed, size) = (fields.u32()?, fields.u32()?);
        let lengths = [fields.u16()?, fields.u16()?, fields.u16()?];
        fields.array::<8>(); // disk and attributes
        let at = fields.u32()?;
        let [name, extra, _comment] = lengths.map(|length| rest.take(usize::from(length)));
        let (name, extra) = (name.ok_or_else(cut)?, extra.ok_or_else(cut)?);
        let name = std::str::from_utf8(name).map_err(|_| damaged("the name of an entry is no text"))?;
        let [size, packed, at] = wide([size, packed, at], extra)
            .ok_or_else(|| damaged(&format!("its entry `{name}` has no size of 64 bits")))?;

        let outside = || damaged(&format!("its entry `{name}` reaches beyond the end"));
        let before = at.checked_add(30).filter(|end| *end <= directory).ok_or_else(outside)?;
        let head = bytes(&mut self.file, at, 30)?;
        let mut fields = Fields(&head[26..]);
        let (own, extra) = (u64::from(fields.u16()?), u64::from(fields.u16()?));
        let start = before + own + extra;
        if start.checked_add(packed).is_none_or(|end| end > directory) {
            return Err(outside());
        }
        if !head.starts_with(b"PK\x03\x04") || bytes(&mut self.file, before, own)? != name.as_bytes() {
            return Err(damaged(&format!("its entry `{name}` is not where the directory says")));
        }
        let refused = match method {
            _ if flags & 1 != 0 => Some("is encrypted"),
            0 if packed == size => None,
            0 => return Err(damaged(&format!("its entry `{name}` has two sizes, {packed} and {size} bytes"))),
            _ => Some("is compressed"),
        };
        Ok((name.to_owned(), Entry { start, size, checksum, refused }))
    }
}

/// Finds the directory from the end of the file.
fn directory<R: Read + Seek>(file: &mut R, length: u64) -> Result<Directory, String> {
    let tail = bytes(file, length - length.min(LONGEST_END), length.min(LONGEST_END))?;
    let ends_here = |at: &usize| {
        let end = &tail[*at..];
        end.starts_with(b"PK\x05\x06") && Fields(&end[20..]).u16() == Ok((end.len() - 22) as u16)
    };
    let last = (0..=tail.len().saturating_sub(22)).rev().filter(|at| at + 22 <= tail.len()).find(ends_here);
    let last = last.ok_or_else(|| damaged("the directory at its end is missing; copy or download it again"))?;
    let mut fields = Fields(&tail[last + 4..]);
    let disks = (fields.u16()?, fields.u16()?);
    fields.u16()?;
    let (entries, size, start) = (fields.u16()?, fields.u32()?, fields.u32()?);
    let end = length - (tail.len() - last) as u64;
    let mut found = Directory { entries: entries.into(), size: size.into(), start: start.into(), end };
    if disks != (0, 0) {
        return Err("it is a part of a ZIP archive in several files".into());
    }
    // Archives beyond 4 GB have their numbers in a record of their own, which another one before the end points at.
    if let Some(at) = end.checked_sub(20) {
        let pointer = bytes(file, at, 20)?;
        if pointer.starts_with(b"PK\x06\x07") {
            let at = Fields(&pointer[8..]).u64()?;
            if at.checked_add(56).is_none_or(|behind| behind > end) {
                return Err(damaged("its directory of 64 bits lies beyond the end"));
            }
            let record = bytes(file, at, 56)?;
            if !record.starts_with(b"PK\x06\x06") {
                return Err(damaged("its directory of 64 bits is missing"));
            }
            let mut fields = Fields(&record[32..]);
            found = Directory { entries: fields.u64()?, size: fields.u64()?, start: fields.u64()?, end: at };
        }
    }
    if found.start.checked_add(found.size) != Some(found.end) {
        return Err(damaged("its directory does not fill the place before its end"));
    }
    Ok(found)
}

/// The sizes and the place that did not fit 32 bits, in that order, from the extra field.
fn wide(short: [u32; 3], extra: &[u8]) -> Option<[u64; 3]> {
    let mut rest = Fields(extra);
    let mut wide = Fields(&[]);
    while let (Ok(kind), Ok(length)) = (rest.u16(), rest.u16()) {
        let field = rest.take(usize::from(length))?;
        if kind == 1 {
            wide = Fields(field);
        }
    }
    let mut out = [0; 3];
    for (to, from) in out.iter_mut().zip(short) {
        *to = if from == u32::MAX { wide.u64().ok()? } else { u64::from(from) };
    }
    Some(out)
}

/// A part of the file, which must be there.
fn bytes<R: Read + Seek>(file: &mut R, start: u64, size: u64) -> Result<Vec<u8>, String> {
    let length = file.seek(SeekFrom::End(0)).map_err(words)?;
    if start.checked_add(size).is_none_or(|end| end > length) {
        return Err(damaged("it ends before its directory says"));
    }
    file.seek(SeekFrom::Start(start)).map_err(words)?;
    let mut read = vec![0; size as usize];
    file.read_exact(&mut read).map_err(words)?;
    Ok(read)
}

/// Numbers of a record, lowest byte first.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u16(&mut self) -> Result<u16, String> {
        self.array().map(u16::from_le_bytes).ok_or_else(|| damaged("a record is cut short"))
    }

    fn u32(&mut self) -> Result<u32, String> {
        self.array().map(u32::from_le_bytes).ok_or_else(|| damaged("a record is cut short"))
    }

    fn u64(&mut self) -> Result<u64, String> {
        self.array().map(u64::from_le_bytes).ok_or_else(|| damaged("a record is cut short"))
    }
}

fn damaged(how: &str) -> String {
    format!("its ZIP archive is damaged or cut short: {how}")
}

fn words(error: std::io::Error) -> String {
    error.to_string()
}
