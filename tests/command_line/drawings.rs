//! `fascicle graph`: drawings of the networks of a file.

use super::scene::Scene;

#[test]
fn a_network_is_drawn_as_a_picture_and_as_text() {
    let scene = Scene::of_people();
    let told = scene.fascicle(&["graph", "table.fx"]);
    told.succeeds();
    assert!(told.stdout.starts_with("<svg") && told.stdout.contains("clinic → dx"), "{}", told.stdout);
    scene.fascicle(&["graph", "table.fx", "-o", "net.dot"]).succeeds();
    let text = scene.read("net.dot");
    assert!(text.starts_with("digraph") && text.contains("Linear"), "{text}");
    scene.fascicle(&["graph", "table.fx", "--set", "width=32", "-o", "wide.svg"]).succeeds();
    assert!(scene.read("wide.svg").contains("[32]"));
}

#[test]
fn the_variants_of_a_sweep_stand_side_by_side() {
    let scene = Scene::of_people();
    let text = format!("{}\nsweep widths: width in [4, 8] {{ compare auc }}\n", super::scene::TABLE);
    scene.write("table.fx", text);
    scene.fascicle(&["graph", "table.fx", "--sweep", "widths", "-o", "both.svg"]).succeeds();
    let picture = scene.read("both.svg");
    assert!(picture.contains("clinic, width=4") && picture.contains("clinic, width=8"), "{picture}");
    assert!(picture.contains("orange border"), "{picture}");
    scene.fascicle(&["graph", "table.fx", "--sweep", "width"]).fails(2, &["did you mean `widths`?"]);
    scene.fascicle(&["graph", "table.fx", "--model", "clinik"]).fails(2, &["did you mean `clinic`?"]);
    scene.fascicle(&["graph", "table.fx", "--variant", "width=9"]).fails(2, &["there is no variant `width=9`"]);
}
