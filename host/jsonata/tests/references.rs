//! What expressions refer to.

use sandstep_jsonata::Expression;

/// All references of an expression in one line.
fn check(text: &str, expected: &str) {
    let references = Expression::parse(text)
        .expect("is well formed")
        .references();
    let variables = references.variables.iter().map(|variable| {
        let call = if variable.is_called { "()" } else { "" };
        format!("{variable}{call}@{}", variable.position)
    });
    let contexts = references.contexts.iter().map(|place| format!("$@{place}"));
    let roots = references.roots.iter().map(|place| format!("$$@{place}"));
    let fields = references
        .fields
        .iter()
        .map(|(name, place)| format!("{name}@{place}"));
    let found: Vec<String> = variables
        .chain(contexts)
        .chain(roots)
        .chain(fields)
        .collect();
    assert_eq!(found.join(" "), expected, "{text}");
}

#[test]
fn a_variable_comes_with_the_members_taken_from_it() {
    check("$states.input.id", "$states.input.id@0");
    check("$states.input[0].id", "$states.input@0");
    check("1 + $count", "$count@4");
    check("$order.lines.(price * qty)", "$order.lines@0");
}

#[test]
fn what_the_expression_binds_is_no_reference() {
    check("($x := $y; $x)", "$y@7");
    check("function($a){ $a + $b }", "$b@19");
    check("($f := function($n){ $n = 0 ? 1 : $f($n - 1) }; $f(3))", "");
    check("$a.b@$c.{'x': $c, 'y': $d}", "$a.b@0 $d@23");
    check("$a.b#$i[$i > $j]", "$a.b@0 $j@13");
    check("(($x := 1); $x)", "$x@12");
}

#[test]
fn a_call_is_told_from_a_use() {
    check("$map($xs, $uppercase)", "$map()@0 $xs@5 $uppercase@10");
    check("$xs ~> $f()", "$xs@0 $f()@7");
}

#[test]
fn the_input_document_is_seen_at_the_top_level_alone() {
    check("$", "$@0");
    check("$.a", "$@0");
    check("a.b", "a@0");
    check("$x[$ > 1]", "$x@0");
    check("$x.(a + $)", "$x@0");
    check("$x[id = $$.id]", "$x@0 $$@8");
    check("{'k': a}", "a@6");
    check("$f(a)", "$f()@0 a@3");
    check("$x^(a)", "$x@0");
    check("$x ~> |a|{'b': c}|", "$x@0");
}
