//! What a pickle holds: values that refer to each other by number.
//!
//! All values of a pickle stand in one list, so that a value of any depth is made, looked at and dropped without recursion,
//! and one that is referred to often is there once. Text is shared, not copied, for the same reason.

use std::rc::Rc;

/// A value's place in [`Values`].
pub(super) type Id = u32;

/// A value. Numbers, text and containers are kept because tensors are made of them; other values are [`Value::Other`].
#[derive(Debug)]
pub(super) enum Value {
    Bool(bool),
    Int(i64),
    Text(Rc<str>),
    List(Vec<Id>),
    Tuple(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// A class or function by its module and name: `torch.FloatStorage`. It is never looked up.
    Global(Rc<str>),
    Storage(Box<Storage>),
    Tensor(Box<Tensor>),
    Object(Box<Object>),
    /// None, a float, bytes.
    Other,
}

/// Numbers in the file that tensors are views of.
#[derive(Debug)]
pub(super) struct Storage {
    /// Its name in the file.
    pub key: Rc<str>,
    /// The class: `torch.FloatStorage`.
    pub class: Rc<str>,
    /// How many numbers it says to have (bytes, where it has no type).
    pub count: i64,
    /// Where the part of it that is meant begins, in numbers.
    pub start: i64,
    /// How long that part is.
    pub extent: i64,
}

/// A view of a storage, as the file describes it: nothing is checked.
#[derive(Debug)]
pub(super) struct Tensor {
    pub storage: Id,
    /// Its own type, where the storage has none: `torch.uint16`.
    pub dtype: Option<Rc<str>>,
    pub offset: i64,
    /// A tuple, as the strides.
    pub sizes: Id,
    pub strides: Id,
}

/// Something that only Python could make.
#[derive(Debug)]
pub(super) struct Object {
    /// Its class, or the function that would make it.
    pub class: Rc<str>,
    /// What it would be made of.
    pub parts: Vec<Id>,
}

/// All values of a pickle.
#[derive(Debug, Default)]
pub(super) struct Values {
    all: Vec<Value>,
    /// Pairs of dictionaries that were made whole: one list may be copied into many.
    copied: usize,
}

/// The most values of a pickle; a state dictionary has about 30 a tensor.
pub(super) const MOST_VALUES: usize = 1 << 22;

impl Values {
    /// A new value.
    pub fn add(&mut self, value: Value) -> Result<Id, String> {
        if let Value::Dict(pairs) = &value {
            self.copied += pairs.len();
        }
        if self.all.len().max(self.copied) >= MOST_VALUES {
            return Err(format!("it holds more than {MOST_VALUES} values: save `model.state_dict()` alone"));
        }
        self.all.push(value);
        Ok((self.all.len() - 1) as Id)
    }

    pub fn get(&self, id: Id) -> &Value {
        &self.all[id as usize]
    }

    pub fn get_mut(&mut self, id: Id) -> &mut Value {
        &mut self.all[id as usize]
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The values that one refers to.
    pub fn inside(&self, id: Id) -> impl Iterator<Item = Id> {
        let (list, pairs): (&[Id], &[(Id, Id)]) = match self.get(id) {
            Value::List(items) | Value::Tuple(items) => (items, &[]),
            Value::Dict(pairs) => (&[], pairs),
            Value::Object(object) => (&object.parts, &[]),
            _ => (&[], &[]),
        };
        list.iter().copied().chain(pairs.iter().map(|(_, value)| *value))
    }

    /// The items of a tuple or a list.
    pub fn items(&self, id: Id) -> Option<&[Id]> {
        match self.get(id) {
            Value::List(items) | Value::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// A whole number.
    pub fn int(&self, id: Id) -> Option<i64> {
        match self.get(id) {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// A tuple or list of whole numbers.
    pub fn ints(&self, id: Id) -> Option<Vec<i64>> {
        self.items(id)?.iter().map(|item| self.int(*item)).collect()
    }

    /// A text.
    pub fn text(&self, id: Id) -> Option<&Rc<str>> {
        match self.get(id) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The name of a class or function.
    pub fn global(&self, id: Id) -> Option<&Rc<str>> {
        match self.get(id) {
            Value::Global(name) => Some(name),
            _ => None,
        }
    }

    /// Which values are tensors or storages, or hold some, however deep.
    pub fn holders(&self) -> Vec<bool> {
        let is_tensor = |id: &Id| matches!(self.get(*id), Value::Tensor(_) | Value::Storage(_));
        let mut open: Vec<Id> = (0..self.len() as Id).filter(is_tensor).collect();
        let mut holds = vec![false; self.len()];
        if open.is_empty() {
            return holds;
        }
        // Who holds each value: all holders in one list, those of a value beside each other.
        let mut first = vec![0u32; self.len() + 1];
        for id in 0..self.len() as Id {
            self.inside(id).for_each(|inner| first[inner as usize + 1] += 1);
        }
        for id in 0..self.len() {
            first[id + 1] += first[id];
        }
        let mut holder = vec![0; first[self.len()] as usize];
        let mut next = first.clone();
        for id in 0..self.len() as Id {
            for inner in self.inside(id) {
                holder[next[inner as usize] as usize] = id;
                next[inner as usize] += 1;
            }
        }
        open.iter().for_each(|id| holds[*id as usize] = true);
        while let Some(id) = open.pop() {
            for outer in &holder[first[id as usize] as usize..first[id as usize + 1] as usize] {
                if !std::mem::replace(&mut holds[*outer as usize], true) {
                    open.push(*outer);
                }
            }
        }
        holds
    }
}
