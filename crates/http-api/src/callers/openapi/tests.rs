use canonical::Leaf;

use super::*;

fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&String, &'static str)| (path.clone(), item.to_owned());
    let mut found = Vec::new();
    for (path, item) in paths {
        for method in ["get", "put", "post", "patch", "delete"] {
            if item.get(method).is_some() {
                let (path, method) = of_path((path, method));
                found.push((path, method.clone(), &item[method.as_str()]));
            }
        }
    }
    found
}

#[test]
fn every_operation_stands_in_the_table_and_the_other_way_round() {
    let document = document();
    let mut described: Vec<_> =
        operations(&document).into_iter().map(|(path, method, _)| (path, method)).collect();
    let mut listed: Vec<_> =
        calls::ALL.iter().map(|call| (call.path.to_owned(), call.method.to_owned())).collect();
    described.sort();
    listed.sort();
    assert_eq!(described, listed);
}

#[test]
fn every_operation_has_a_name_a_success_and_problems() {
    let document = document();
    for (path, method, operation) in operations(&document) {
        let what = format!("{method} {path}");
        assert!(operation["operationId"].is_string(), "{what}");
        assert!(operation["responses"]["200"]["content"]["application/json"]["schema"].is_object(), "{what}");
        assert!(operation["responses"]["401"]["content"]["application/problem+json"].is_object(), "{what}");
        assert!(operation["security"][0]["key"].is_array(), "{what}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some_and(Value::is_object), "{reference}");
    }
}

#[test]
fn a_patch_has_every_leaf_of_the_canonical_schema() {
    let document = document();
    let properties = &document["components"]["schemas"]["UserPatch"]["properties"];
    for leaf in Leaf::STANDARD {
        let pointer = format!("/{}", leaf.name().replace('.', "/properties/"));
        assert!(properties.pointer(&pointer).is_some(), "{leaf}");
    }
    assert_eq!(document["openapi"], "3.1.0");
}
