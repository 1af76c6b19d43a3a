//! Python's pickles, as far as dictionaries of state go: bytes come in, [`Values`] go out.
//!
//! A pickle is a program for a machine with a stack and a memo. This one has no way to import or to call anything: classes
//! stay names ([`Value::Global`]) and calls become what [`calls`](super::calls) knows. Every instruction makes at most one
//! value, of at most the bytes that it has itself, and values refer to each other by number: neither depth nor repetition
//! costs more than the bytes of the file.

use super::calls;
use super::values::{Id, MOST_VALUES, Object, Value, Values};
use std::collections::HashMap;
use std::rc::Rc;

/// What a pickle came to.
pub(super) struct Pickle {
    pub values: Values,
    /// The value that was pickled.
    pub root: Id,
    /// Bytes up to its end.
    pub read: usize,
}

/// Reads the pickle that these bytes begin with.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn unpickle(bytes: &[u8]) -> Result<Pickle, String> {
    let mut machine =
        Machine { bytes, at: 0, values: Values::default(), stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() };
    while machine.at < bytes.len() {
        let at = machine.at;
        match machine.step() {
            Ok(None) => {}
            Ok(Some(root)) => return Ok(Pickle { values: machine.values, root, read: machine.at }),
            Err(problem) => return Err(format!("its pickle cannot be read at byte {at}: {problem}")),
        }
    }
    Err("its pickle is cut short: it has no end".into())
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    values: Values,
    stack: Vec<Id>,
    /// Where in the stack the open groups begin.
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

impl<'a> Machine<'a> {
    /// One instruction; the value of the pickle, where it was the last.
    fn step(&mut self) -> Result<Option<Id>, String> {
        let [instruction] = self.array()?;
        match instruction {
            // Protocol and frames: how the pickle is cut into pieces.
            0x80 => self.pass(1)?,
            0x95 => self.pass(8)?,
            b'.' => return self.pop().map(Some),

            b'(' => self.marks.push(self.stack.len()),
            b'0' => self.discard()?,
            b'1' => drop(self.group()?),
            b'2' => {
                let top = self.top()?;
                self.push_id(top)?;
            }

            b'N' => self.push(Value::Other)?,
            0x88 => self.push(Value::Bool(true))?,
            0x89 => self.push(Value::Bool(false))?,
            b'I' => {
                let value = match self.line()? {
                    "00" => Value::Bool(false),
                    "01" => Value::Bool(true),
                    digits => digits.parse().map_or(Value::Other, Value::Int),
                };
                self.push(value)?;
            }
            b'L' => {
                let digits = self.line()?.trim_end_matches('L');
                self.push(digits.parse().map_or(Value::Other, Value::Int))?;
            }
            b'J' => self.push_int(|m| Ok(i32::from_le_bytes(m.array()?).into()))?,
            b'K' => self.push_int(|m| Ok(u8::from_le_bytes(m.array()?).into()))?,
            b'M' => self.push_int(|m| Ok(u16::from_le_bytes(m.array()?).into()))?,
            0x8a => {
                let length = u64::from(u8::from_le_bytes(self.array()?));
                self.long(length)?;
            }
            0x8b => {
                let length = u64::from(u32::from_le_bytes(self.array()?));
                self.long(length)?;
            }
            b'F' => {
                self.line()?;
                self.push(Value::Other)?;
            }
            b'G' => {
                self.pass(8)?;
                self.push(Value::Other)?;
            }

            b'X' => self.text::<4>()?,
            0x8c => self.text::<1>()?,
            0x8d => self.text::<8>()?,
            // Python 2 wrote text so, too.
            b'T' => self.text::<4>()?,
            b'U' => self.text::<1>()?,
            b'V' | b'S' => {
                let line = self.line()?;
                let inner = if instruction == b'S' { line.trim_matches(['\'', '"']) } else { line };
                self.push(Value::Text(inner.into()))?;
            }
            b'B' => self.opaque_bytes::<4>()?,
            b'C' => self.opaque_bytes::<1>()?,
            0x8e | 0x96 => self.opaque_bytes::<8>()?,

            b']' => self.push(Value::List(Vec::new()))?,
            b')' => self.push(Value::Tuple(Vec::new()))?,
            b'}' => self.push(Value::Dict(Vec::new()))?,
            0x8f => self.push_object("set".into(), Vec::new())?,
            b'l' => {
                let items = self.group()?;
                self.push(Value::List(items))?;
            }
            b't' => {
                let items = self.group()?;
                self.push(Value::Tuple(items))?;
            }
            0x85..=0x87 => {
                let mut items = Vec::with_capacity(3);
                for _ in 0x85..=instruction {
                    items.push(self.pop()?);
                }
                items.reverse();
                self.push(Value::Tuple(items))?;
            }
            b'd' => {
                let pairs = pairs(&self.group()?)?;
                self.push(Value::Dict(pairs))?;
            }
            0x91 => {
                let items = self.group()?;
                self.push_object("frozenset".into(), items)?;
            }
            b'a' => {
                let item = self.pop()?;
                self.extend(vec![item])?;
            }
            b'e' | 0x90 => {
                let items = self.group()?;
                self.extend(items)?;
            }
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                self.set(vec![(key, value)])?;
            }
            b'u' => {
                let pairs = pairs(&self.group()?)?;
                self.set(pairs)?;
            }

            b'p' => {
                let key = self.line()?;
                let key = key.parse().map_err(|_| no_number(key))?;
                self.remember(key)?;
            }
            b'q' => {
                let [key] = self.array()?;
                self.remember(key.into())?;
            }
            b'r' => {
                let key = u32::from_le_bytes(self.array()?);
                self.remember(key.into())?;
            }
            0x94 => self.remember(self.memo.len() as u64)?,
            b'g' => {
                let key = self.line()?;
                let key = key.parse().map_err(|_| no_number(key))?;
                self.recall(key)?;
            }
            b'h' => {
                let [key] = self.array()?;
                self.recall(key.into())?;
            }
            b'j' => {
                let key = u32::from_le_bytes(self.array()?);
                self.recall(key.into())?;
            }

            b'c' => {
                let name = [self.line()?, self.line()?].join(".");
                self.push(Value::Global(name.into()))?;
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let part = |id| self.values.text(id).map(|text| &**text).ok_or("a class whose name is no text");
                let name = [part(module)?, part(name)?].join(".");
                self.push(Value::Global(name.into()))?;
            }
            b'R' | 0x81 => {
                let (arguments, function) = (self.pop()?, self.pop()?);
                let made = calls::call(&mut self.values, function, arguments)?;
                self.push_id(made)?;
            }
            0x92 => {
                let (named, arguments, class) = (self.pop()?, self.pop()?, self.pop()?);
                let made = calls::call(&mut self.values, class, arguments)?;
                self.push_id(made)?;
                self.give(named);
            }
            b'i' => {
                let name = [self.line()?, self.line()?].join(".");
                let parts = self.group()?;
                self.push_object(name.into(), parts)?;
            }
            b'o' => {
                let parts = self.group()?;
                let class = parts.first().and_then(|id| self.values.global(*id)).cloned();
                self.push_object(class.unwrap_or_else(|| "something unnamed".into()), parts)?;
            }
            b'b' => {
                let state = self.pop()?;
                self.top()?;
                self.give(state);
            }
            b'Q' => {
                let id = self.pop()?;
                let storage = calls::persistent(&self.values, id)?;
                self.push(Value::Storage(Box::new(storage)))?;
            }
            other => return Err(format!("the instruction 0x{other:02x} stands in no checkpoint of PyTorch")),
        }
        Ok(None)
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], String> {
        let rest = &self.bytes[self.at..];
        let taken = usize::try_from(count).ok().and_then(|count| rest.get(..count));
        let taken = taken.ok_or_else(|| format!("it wants {count} bytes where {} are left", rest.len()))?;
        self.at += taken.len();
        Ok(taken)
    }

    fn pass(&mut self, count: u64) -> Result<(), String> {
        self.take(count).map(drop)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let taken = self.take(N as u64)?;
        taken.try_into().map_err(|_| "it is cut short".to_string())
    }

    /// A number of `N` bytes.
    fn length<const N: usize>(&mut self) -> Result<u64, String> {
        let mut wide = [0; 8];
        wide[..N].copy_from_slice(self.take(N as u64)?);
        Ok(u64::from_le_bytes(wide))
    }

    /// Up to the end of the line.
    fn line(&mut self) -> Result<&'a str, String> {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|b| *b == b'\n').ok_or("a line without an end")?;
        self.at += end + 1;
        let line = std::str::from_utf8(&rest[..end]).map_err(|_| "a line that is no text")?;
        Ok(line.trim_end_matches('\r'))
    }

    /// Text behind its length. What Python 2 wrote in bytes need not be text.
    fn text<const N: usize>(&mut self) -> Result<(), String> {
        let length = self.length::<N>()?;
        let value = std::str::from_utf8(self.take(length)?).map_or(Value::Other, |text| Value::Text(text.into()));
        self.push(value)
    }

    fn opaque_bytes<const N: usize>(&mut self) -> Result<(), String> {
        let length = self.length::<N>()?;
        self.take(length)?;
        self.push(Value::Other)
    }

    /// A whole number of any length; one that 64 bits do not hold is no part of a tensor.
    fn long(&mut self, length: u64) -> Result<(), String> {
        let bytes = self.take(length)?;
        let mut wide = [if bytes.last().is_some_and(|b| b & 0x80 != 0) { 0xff } else { 0 }; 8];
        let value = match wide.get_mut(..bytes.len()) {
            Some(low) => {
                low.copy_from_slice(bytes);
                Value::Int(i64::from_le_bytes(wide))
            }
            None => Value::Other,
        };
        self.push(value)
    }

    fn push_int(&mut self, read: impl FnOnce(&mut Self) -> Result<i64, String>) -> Result<(), String> {
        let number = read(self)?;
        self.push(Value::Int(number))
    }

    fn push(&mut self, value: Value) -> Result<(), String> {
        let id = self.values.add(value)?;
        self.push_id(id)
    }

    fn push_id(&mut self, id: Id) -> Result<(), String> {
        if self.stack.len() >= MOST_VALUES {
            return Err(format!("more than {MOST_VALUES} values are open at once"));
        }
        self.stack.push(id);
        Ok(())
    }

    fn push_object(&mut self, class: Rc<str>, parts: Vec<Id>) -> Result<(), String> {
        self.push(Value::Object(Box::new(Object { class, parts })))
    }

    /// Where the innermost open group begins.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn top(&self) -> Result<Id, String> {
        self.stack[self.floor().min(self.stack.len())..].last().copied().ok_or_else(|| "a value is missing".to_string())
    }

    fn pop(&mut self) -> Result<Id, String> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// A value, or the mark of a group that has none.
    fn discard(&mut self) -> Result<(), String> {
        if self.stack.len() == self.floor() && self.marks.pop().is_some() {
            return Ok(());
        }
        self.pop().map(drop)
    }

    /// The values of the innermost group, which is closed.
    fn group(&mut self) -> Result<Vec<Id>, String> {
        let mark = self.marks.pop().ok_or("a group is closed that was not opened")?;
        Ok(self.stack.split_off(mark.min(self.stack.len())))
    }

    fn extend(&mut self, items: Vec<Id>) -> Result<(), String> {
        let top = self.top()?;
        match self.values.get_mut(top) {
            Value::List(list) => list.extend(items),
            Value::Object(object) => object.parts.extend(items),
            _ => return Err("items are added to what is no list".into()),
        }
        Ok(())
    }

    fn set(&mut self, new: Vec<(Id, Id)>) -> Result<(), String> {
        let top = self.top()?;
        match self.values.get_mut(top) {
            Value::Dict(pairs) => pairs.extend(new),
            Value::Object(object) => object.parts.extend(new.into_iter().map(|(_, value)| value)),
            _ => return Err("entries are added to what is no dictionary".into()),
        }
        Ok(())
    }

    /// State of the value on top: part of an object; attributes of a dictionary or a tensor are not read.
    fn give(&mut self, state: Id) {
        if let Some(top) = self.stack.last()
            && let Value::Object(object) = self.values.get_mut(*top)
        {
            object.parts.push(state);
        }
    }

    fn remember(&mut self, key: u64) -> Result<(), String> {
        let top = self.top()?;
        if self.memo.len() >= MOST_VALUES {
            return Err(format!("it refers back to more than {MOST_VALUES} values"));
        }
        self.memo.insert(key, top);
        Ok(())
    }

    fn recall(&mut self, key: u64) -> Result<(), String> {
        let id = *self.memo.get(&key).ok_or_else(|| format!("it refers back to value {key}, which is not there"))?;
        self.push_id(id)
    }
}

fn pairs(flat: &[Id]) -> Result<Vec<(Id, Id)>, String> {
    let (pairs, rest) = flat.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("a key without a value".into());
    }
    Ok(pairs.iter().map(|[key, value]| (*key, *value)).collect())
}

fn no_number(text: &str) -> String {
    format!("`{}` is no whole number that is known here", text.chars().take(40).collect::<String>())
}
