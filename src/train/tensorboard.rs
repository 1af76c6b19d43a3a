//! Learning curves as a TensorBoard event file.
//!
//! The format is TensorFlow's: records framed by length and masked CRC-32C
//! (`tensorflow/core/lib/io/record_writer.cc`), each a protocol buffer `Event` (`tensorflow/core/util/event.proto`)
//! with a `Summary` of scalars. Only the five fields that scalars need are written, by hand.
//!
//! A resumed run cuts the file back to where its checkpoint stands ([`EventFile::open`]), so that no step is in it
//! twice.

use super::Epoch;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// The file's name; TensorBoard looks for `tfevents` in it.
pub const EVENT_FILE: &str = "events.out.tfevents.fascicle";

/// An event file that grows by one record an epoch.
#[derive(Debug)]
pub(super) struct EventFile {
    file: File,
    length: u64,
}

impl EventFile {
    /// Opens the file in this folder, keeping its first `length` bytes: the records of the epochs in `history`. Where
    /// the file is missing or shorter, it is written anew from the history.
    pub fn open(folder: &Path, length: u64, history: &[Epoch]) -> io::Result<Self> {
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(folder.join(EVENT_FILE))?;
        if length > 0 && file.metadata()?.len() >= length {
            file.set_len(length)?;
            file.seek(SeekFrom::Start(length))?;
            return Ok(Self { file, length });
        }
        file.set_len(0)?;
        let mut events = Self { file, length: 0 };
        events.append(&version_event(now()))?;
        for epoch in history {
            events.write(epoch)?;
        }
        Ok(events)
    }

    /// Adds an epoch's curves.
    pub fn write(&mut self, epoch: &Epoch) -> io::Result<()> {
        self.append(&scalar_event(now(), epoch.epoch as u64, &epoch.curves()))
    }

    /// Bytes written so far: what a checkpoint keeps.
    pub fn length(&self) -> u64 {
        self.length
    }

    fn append(&mut self, event: &[u8]) -> io::Result<()> {
        let record = record(event);
        self.file.write_all(&record)?;
        self.file.flush()?;
        self.length += record.len() as u64;
        Ok(())
    }
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

// --- records ----------------------------------------------------------------------------------------------------------

/// Length, checksum of the length, data, checksum of the data.
fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let mut out = Vec::with_capacity(data.len() + 16);
    out.extend(length);
    out.extend(masked_checksum(&length).to_le_bytes());
    out.extend(data);
    out.extend(masked_checksum(data).to_le_bytes());
    out
}

/// CRC-32C, rotated and offset so that a checksum of data that holds checksums stays a good one.
fn masked_checksum(data: &[u8]) -> u32 {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8)
}

// --- protocol buffers -------------------------------------------------------------------------------------------------

/// `Event { wall_time = 1; file_version = 3 }`: the first record of every file.
fn version_event(wall_time: f64) -> Vec<u8> {
    let mut out = Vec::new();
    double(&mut out, 1, wall_time);
    bytes(&mut out, 3, b"brain.Event:2");
    out
}

/// `Event { wall_time = 1; step = 2; summary = 5 { value = 1 { tag = 1; simple_value = 2 } .. } }`
fn scalar_event(wall_time: f64, step: u64, scalars: &[(String, f64)]) -> Vec<u8> {
    let mut summary = Vec::new();
    for (tag, value) in scalars {
        let mut entry = Vec::new();
        bytes(&mut entry, 1, tag.as_bytes());
        float(&mut entry, 2, *value as f32);
        bytes(&mut summary, 1, &entry);
    }
    let mut out = Vec::new();
    double(&mut out, 1, wall_time);
    key(&mut out, 2, 0);
    varint(&mut out, step);
    bytes(&mut out, 5, &summary);
    out
}

fn key(out: &mut Vec<u8>, field: u64, wire_type: u64) {
    varint(out, field << 3 | wire_type);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn double(out: &mut Vec<u8>, field: u64, value: f64) {
    key(out, field, 1);
    out.extend(value.to_le_bytes());
}

fn float(out: &mut Vec<u8>, field: u64, value: f32) {
    key(out, field, 5);
    out.extend(value.to_le_bytes());
}

fn bytes(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    key(out, field, 2);
    varint(out, value.len() as u64);
    out.extend(value);
}
