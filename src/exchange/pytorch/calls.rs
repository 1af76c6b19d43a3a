//! What a pickle asks Python to call. Nothing is called: what makes tensors and dictionaries of state is known by name and
//! done here, everything else becomes an [`Object`] that says what it would have been.

use super::values::{Id, Object, Storage, Tensor, Value, Values};
use std::rc::Rc;

/// `function(*arguments)`.
pub(super) fn call(values: &mut Values, function: Id, arguments: Id) -> Result<Id, String> {
    match known(values, function, arguments) {
        Some(Made::Old(id)) => Ok(id),
        Some(Made::New(value)) => values.add(value),
        None => {
            let class = class(values, function, arguments);
            values.add(Value::Object(Box::new(Object { class, parts: vec![arguments] })))
        }
    }
}

enum Made {
    Old(Id),
    New(Value),
}

fn known(values: &Values, function: Id, arguments: Id) -> Option<Made> {
    let arguments = values.items(arguments)?;
    match &**values.global(function)? {
        "collections.OrderedDict" => dictionary(values, arguments),
        "collections.defaultdict" => Some(Made::New(Value::Dict(Vec::new()))),
        "torch._utils._rebuild_tensor" | "torch._utils._rebuild_tensor_v2" => {
            if pending(values, arguments.get(6)) {
                None
            } else {
                tensor(values, arguments, None)
            }
        }
        "torch._utils._rebuild_tensor_v3" => {
            let dtype = values.global(*arguments.get(6)?)?.clone();
            if pending(values, arguments.get(7)) { None } else { tensor(values, arguments, Some(dtype)) }
        }
        "torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state" => {
            let data = *arguments.first()?;
            matches!(values.get(data), Value::Tensor(_)).then_some(Made::Old(data))
        }
        // A tensor with attributes of its own: a function and what it is called with.
        "torch._tensor._rebuild_from_type_v2" => {
            let inner = *arguments.first()?;
            let itself = values.global(inner).is_some_and(|name| &**name == "torch._tensor._rebuild_from_type_v2");
            if itself { None } else { known(values, inner, *arguments.get(2)?) }
        }
        "torch.Size" => arguments.first().copied().filter(|id| values.items(*id).is_some()).map(Made::Old),
        _ => None,
    }
}

/// Whether numbers are still to be negated or conjugated.
fn pending(values: &Values, metadata: Option<&Id>) -> bool {
    metadata.is_some_and(|id| values.inside(*id).take(16).any(|flag| matches!(values.get(flag), Value::Bool(true))))
}

/// Empty, or from pairs.
fn dictionary(values: &Values, arguments: &[Id]) -> Option<Made> {
    let pair = |id: &Id| match values.items(*id)? {
        [key, value] => Some((*key, *value)),
        _ => None,
    };
    let pairs = match arguments {
        [] => Vec::new(),
        [list] => values.items(*list)?.iter().map(pair).collect::<Option<_>>()?,
        _ => return None,
    };
    Some(Made::New(Value::Dict(pairs)))
}

fn tensor(values: &Values, arguments: &[Id], dtype: Option<Rc<str>>) -> Option<Made> {
    let [storage, offset, sizes, strides, ..] = arguments else { return None };
    let complete = matches!(values.get(*storage), Value::Storage(_))
        && values.items(*sizes).is_some()
        && values.items(*strides).is_some();
    let offset = values.int(*offset).filter(|_| complete)?;
    Some(Made::New(Value::Tensor(Box::new(Tensor {
        storage: *storage,
        dtype,
        offset,
        sizes: *sizes,
        strides: *strides,
    }))))
}

/// The class of what a call would make.
fn class(values: &Values, function: Id, arguments: Id) -> Rc<str> {
    let name = match values.get(function) {
        Value::Global(name) => name,
        Value::Object(object) => return object.class.clone(),
        _ => return "something unnamed".into(),
    };
    // These make an object of the class that they are given.
    let made = ["copyreg._reconstructor", "copy_reg._reconstructor", "copyreg.__newobj__", "copy_reg.__newobj__"];
    let given = values.items(arguments).and_then(|items| values.global(*items.first()?));
    given.filter(|_| made.contains(&&**name)).unwrap_or(name).clone()
}

/// What stands outside of the pickle: `("storage", torch.FloatStorage, "0", "cpu", 108)`, and in files of old the part of it
/// that is meant, `("1", 4, 16)`.
pub(super) fn persistent(values: &Values, id: Id) -> Result<Storage, String> {
    let storage = || {
        let (kind, class, key, count, view) = match values.items(id)? {
            [kind, class, key, _device, count] => (kind, class, key, count, None),
            [kind, class, key, _device, count, view] => (kind, class, key, count, values.items(*view)),
            _ => return None,
        };
        if &**values.text(*kind)? != "storage" {
            return None;
        }
        let count = values.int(*count)?;
        let (start, extent) = match view {
            Some([_, start, extent]) => (values.int(*start)?, values.int(*extent)?),
            Some(_) => return None,
            None => (0, count),
        };
        let (key, class) = (values.text(*key)?.clone(), values.global(*class)?.clone());
        Some(Storage { key, class, count, start, extent })
    };
    storage().ok_or_else(|| "it refers to something outside of itself that is no storage of numbers".into())
}
