//! Devices by their names.

use super::*;

#[test]
fn the_processor_is_always_there() {
    assert!(Device::parse("cpu").unwrap().is_cpu());
    assert!(Device::parse("cpu").unwrap().describe().starts_with("CPU ("));
}

#[test]
fn a_machine_without_a_card_takes_the_processor() {
    match Device::parse("cuda") {
        Ok(card) => assert_eq!(Device::parse("auto").unwrap(), card),
        Err(error) => {
            assert!(error.to_string().starts_with("device `cuda`: "), "{error}");
            assert!(Device::parse("auto").unwrap().is_cpu());
        }
    }
}

#[test]
fn what_is_no_device_says_what_is() {
    for asked in ["gpu", "cpu:1", "auto:2", ""] {
        let error = Device::parse(asked).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("device `{asked}`: there is no such device; write `auto`, `cpu`, `cuda`, `cuda:1` or `vulkan`")
        );
    }
    let error = Device::parse("cuda:first").unwrap_err().to_string();
    assert_eq!(error, "device `cuda:first`: the number after `cuda:` is not one; write `cuda:0` for the first card");
}
