//! Hostile expressions: each ends in a named error within its bounds, the same one each time, soon
//! and in little memory.

mod surroundings;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sandstep_json::Value;
use sandstep_jsonata::{Expression, Limits};
use surroundings::Fixed;

/// An expression ends within a second; machines that do other things besides get more.
const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });

/// What the process may come to hold in memory while one expression is evaluated, in KiB.
const MOST_MEMORY: u64 = 400 << 10;

/// Evaluates an expression twice and tells how it ended: the code of its fault, or `ok`.
fn outcome(text: &str) -> &'static str {
    let [first, second] = [(); 2].map(|()| evaluate(text));
    assert_eq!(first, second, "{}", shortened(text));
    match first {
        Ok(_) => "ok",
        Err(("D1012" | "D1014" | "D1015", _)) => BOUND,
        Err((code, _)) => code,
    }
}

fn evaluate(text: &str) -> Result<Option<Value>, (&'static str, String)> {
    reset_peak_memory();
    let start = Instant::now();
    let result = Expression::parse(text)
        .and_then(|expression| expression.evaluate(&Fixed, &Limits::default()))
        .map_err(|fault| (fault.code, fault.message));
    assert!(
        start.elapsed() < PATIENCE,
        "{:?} {}",
        start.elapsed(),
        shortened(text)
    );
    if let Some(peak) = peak_memory() {
        assert!(peak < MOST_MEMORY, "{peak} KiB: {}", shortened(text));
    }
    result
}

fn shortened(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(200)
        .map_or(text.len(), |(end, _)| end);
    &text[..end]
}

/// Makes the next [`peak_memory`] count from now on. Linux alone can.
fn reset_peak_memory() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory that this process held, in KiB.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// One test at a time: memory is measured for the whole process.
static TURN: Mutex<()> = Mutex::new(());

/// Stands for whichever of the bounds on steps, memory and the result is reached first.
const BOUND: &str = "a bound";

/// Checks a table of expressions and the codes that they end with.
#[track_caller]
fn check(cases: &[(&str, &str)]) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let outcomes: Vec<_> = cases
        .iter()
        .map(|(text, _)| (shortened(text), outcome(text)))
        .collect();
    let expected: Vec<_> = cases
        .iter()
        .map(|(text, code)| (shortened(text), *code))
        .collect();
    assert_eq!(outcomes, expected);
}

#[test]
fn catastrophic_regular_expressions() {
    check(&[
        ("$match($aaa, /(a+)+$/)", BOUND),
        ("$contains($aaa, /(a|a)*b/)", BOUND),
        ("$replace($aaa, /(a*)*b/, '')", BOUND),
        ("$split($aaa, /(a|aa)+$/)", BOUND),
        ("$aaa ~> /(.*)*x/", BOUND),
        ("$match($long, /a*b/)", BOUND),
        ("$match($long, /(?=(a+))a*b\\1/)", BOUND),
        ("$match($long, /(a{1000}){1000}/)", BOUND),
        ("$match($aaa, /(a{1000}){1000}/)", "ok"),
        (
            "$match($aaa, /((((a{4294967295}){4294967295}){4294967295}))/)",
            "ok",
        ),
        ("$replace($long, /a?/, 'b')", BOUND),
        ("$replace($aaa, /x*/, 'b')", "D1004"),
        ("$count($match($long, /a/))", BOUND),
        ("$toMillis($words, '[Yw][Mw][Dw]!')", BOUND),
    ]);
    let nested = format!(
        "$match('a', /{}a{}/)",
        "(".repeat(100_000),
        ")".repeat(100_000)
    );
    let looking = format!("$match('ba', /b{}a{}/)", "(?=".repeat(150), ")".repeat(150));
    check(&[(&nested, "S0303"), (&looking, "ok")]);
}

#[test]
fn recursion_without_end() {
    check(&[
        ("($f := function($n) { 1 + $f($n) }; $f(1))", "D1011"),
        (
            "($f := function() { 1 + $g() }; $g := function() { 1 + $f() }; $f())",
            "D1011",
        ),
        ("($f := function() { $f() }; $f())", BOUND),
        (
            "($f := function($n) { $n > 0 ? $g($n) : 0 }; $g := function($n) { $f($n) }; $f(1))",
            BOUND,
        ),
        ("($f := function($x) { $map([1, 2], $f) }; $f(1))", "D1011"),
        (
            "($f := function($x) { $filter([1, 2], $f) }; $f(1))",
            "D1011",
        ),
        (
            "($f := function($x, $y) { $reduce([1, 2], $f) }; $f(1, 2))",
            "D1011",
        ),
        (
            "($f := function($x, $y) { $sort([1, 2], $f) }; $f(1, 2))",
            "D1011",
        ),
        (
            "($f := function($x) { $each({'a': 1}, $f) }; $f(1))",
            "D1011",
        ),
        (
            "($f := function($x) { $sift({'a': 1}, $f) }; $f(1))",
            "D1011",
        ),
        ("($f := function($x) { $single([1], $f) }; $f(1))", "D1011"),
        (
            "($f := function($m) { $replace('a', /a/, $f) }; $f(1))",
            "D1011",
        ),
        (
            "($f := function($s) { $contains($s, $f) }; $f('a'))",
            "D1011",
        ),
        ("($f := function($x) { [$x] ~> $map($f) }; $f(1))", "D1011"),
        (
            "($y := λ($f) { λ($x) { $x($x) }( λ($g) { $f( (λ($a) { $g($g)($a) })) })}; $y(λ($f) { λ($n) { $n + $f($n) } })(1))",
            "D1011",
        ),
        ("($f := function($x) { $x ~> $f }; $f(1))", "D1011"),
        ("($f := $string ~> $length; $f := $f ~> $f; $f(1))", "ok"),
        (
            "($f := function($g) { function($x) { $g($g($x)) } }; $f($f)($f)($f)($f)(function($x) { $x + 1 })(0))",
            "D1011",
        ),
    ]);
}

#[test]
fn texts_that_grow() {
    check(&[
        ("$pad('a', 1e12)", BOUND),
        ("$pad('a', -1e300)", BOUND),
        ("$pad('', 1e9, $long)", BOUND),
        (
            "$join($map([1..1000], function() { $pad('a', 100000) }))",
            BOUND,
        ),
        ("$join([1..100000].$long, $long)", BOUND),
        (
            "($d := function($s, $n) { $n = 0 ? $s : $d($s & $s, $n - 1) }; $length($d('ab', 100)))",
            BOUND,
        ),
        (
            "$reduce([1..100], function($s, $i) { $s & $s }, 'ab')",
            BOUND,
        ),
        ("$replace($long, 'a', $long)", BOUND),
        (
            "$replace($long, /a+?/, '$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0')",
            BOUND,
        ),
        ("$replace($long, /(a)/, $long)", BOUND),
        ("$replace($long, /a/, function() { $long })", BOUND),
        (
            "$reduce([1..100], function($s, $i) { $encodeUrl($s & $s & '%') }, '%')",
            BOUND,
        ),
        (
            "$reduce([1..100], function($s, $i) { $base64encode($s & $s) }, 'ab')",
            BOUND,
        ),
        (
            "$reduce([1..100], function($s, $i) { $string([$s, $s]) }, 'ab')",
            BOUND,
        ),
        (
            "$reduce([1..100], function($s, $i) { $replace($s, /./, '$0$0') }, 'ab')",
            BOUND,
        ),
        (
            "$reduce([1..100], function($s, $i) { $uppercase($s & $s) }, 'ŉ')",
            BOUND,
        ),
        ("$formatInteger(1e300, 'I')", BOUND),
        ("$formatInteger(1, $pad('', 30000000, '0'))", BOUND),
        ("$fromMillis(0, '[Y,1000000000]')", BOUND),
        ("$fromMillis(0, '[m,1000000000-1000000000]')", BOUND),
        ("$formatNumber(1, $pad('', 30000000, '0'))", BOUND),
        ("$length($formatBase(1e300, 2))", "ok"),
    ]);
}

#[test]
fn arrays_that_grow() {
    check(&[
        (
            "$reduce([1..100], function($a, $i) { [$a, $a] }, [1])",
            BOUND,
        ),
        (
            "$string($reduce([1..100], function($a, $i) { [[$a], [$a]] }, [1]))",
            BOUND,
        ),
        (
            "$reduce([1..100], function($a, $i) { {'a': $a, 'b': $a} }, 1)",
            BOUND,
        ),
        (
            "$reduce([1..100], function($a, $i) { $append($a, $a) }, [1])",
            BOUND,
        ),
        ("[1..1000].[1..1000].[1..1000]", BOUND),
        (
            "[1..100000].($map([1..100000], function($x) { $x }))",
            BOUND,
        ),
        ("$distinct([1..1000000])", BOUND),
        ("$distinct([1..100000].{'a': $})", BOUND),
        (
            "$zip([1..1000000], [1..1000000], [1..1000000], [1..1000000])",
            BOUND,
        ),
        ("$count([1..1000]@$x.[1..1000]@$y.[1..1000]@$z)", BOUND),
        ("$deep.**.**.**.**.**.**", "ok"),
        ("$split($long, '').$split($long, '')", BOUND),
        ("$partition([1..1000000], 1)", BOUND),
        ("$merge([1..1000000].{$string($): $})", BOUND),
        (
            "$spread($merge([1..100000].{$string($): [1..1000]}))",
            BOUND,
        ),
        ("$keys([1..10000000].{'a': 1})", BOUND),
        ("[1..10000000]{$string($): $}", BOUND),
        ("$count($parse($pad('[', 10000001, '0,') & '0]'))", BOUND),
    ]);
}

#[test]
fn ranges() {
    check(&[
        ("[1..1e9]", "D2014"),
        ("[-1e300..1e300]", "D2014"),
        ("[1..10000000]", BOUND),
        (
            "$count([1..1000000]) + $count([1..1000000]) + $count([1..1000000]) + $count([1..1000000])",
            BOUND,
        ),
        ("$range(1, 1e12, 1)", BOUND),
        ("$range(0, 1, 1e-12)", BOUND),
        ("$range(1, 2, 0)", "D3143"),
    ]);
}

#[test]
fn nested_expressions() {
    let deep = |open: &str, middle: &str, close: &str| {
        open.repeat(100_000) + middle + &close.repeat(100_000)
    };
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{'a': ", "1", "}"),
        ("-", "$a", ""),
        ("$f(", "1", ")"),
        ("function(){", "1", "}"),
        ("true ? ", "1", " : 2"),
        ("true ? 1 : ", "1", ""),
        ("$x := ", "1", ""),
        ("$[", "1", "]"),
        ("", "$a", " + 1"),
        ("", "$a", "()"),
        ("", "$a", " ~> $b"),
        ("", "$a", " & $b"),
    ] {
        check(&[(&deep(open, middle, close), "S0304")]);
    }
    // These do not nest, however many there are.
    for close in [".b", "[0]", "^($)"] {
        check(&[(&deep("", "$a", close), "ok")]);
    }
}

#[test]
fn nested_values() {
    check(&[
        (
            "($f := function($n, $v) { $n = 0 ? $v : $f($n - 1, [[$v]]) }; $f(100000, 1))",
            "D1011",
        ),
        (
            "($f := function($n, $v) { $n = 0 ? $v : $f($n - 1, {'a': $v}) }; $f(100000, 1))",
            "D1011",
        ),
        (
            "($f := function($n, $v) { $n = 0 ? $v : $f($n - 1, function() { $v }) }; $f(100000, 1))",
            "T1013",
        ),
        ("$parse($pad('', 100000, '['))", "D3142"),
        ("$string($deep) = $string($deep)", "ok"),
        ("$deep = $deep", "ok"),
        ("[$deep] ~> $string", "ok"),
        (
            "[[[[[[[[[[[[[[[[[[[[$deep]]]]]]]]]]]]]]]]]]]] ~> $string",
            "D1011",
        ),
        ("$deep ~> |**|{'b': 1}|", "ok"),
        ("$count($deep.**)", "ok"),
    ]);
}

#[test]
fn comparators() {
    check(&[
        ("$count($sort([1..1000000], function() { true }))", BOUND),
        ("$count($sort([1..1000000], function() { false }))", BOUND),
        (
            "$count($sort([1..1000000], function($a, $b) { $random() > 0.5 }))",
            BOUND,
        ),
        (
            "$sort([1..100000], function($a, $b) { $count([1..1000]) > 1 })",
            BOUND,
        ),
        ("$sort([1, 2, 3], function($a) { $error('no') })", "D3137"),
        ("$reduce([1..100000], function($a, $b) { $a & $b })", BOUND),
        (
            "$sort([1..1000].[{}], function($a, $b) { $a > $b })",
            "T2010",
        ),
    ]);
}

#[test]
fn transforms() {
    check(&[
        (
            "$reduce([1..100], function($a, $i) { $a ~> |$|{'b': $a, 'c': $a}| }, {'a': 1})",
            BOUND,
        ),
        (
            "$reduce([1..100], function($a, $i) { $a ~> |**|{'b': $a, 'c': $a}| }, {'a': 1})",
            BOUND,
        ),
        ("($f := |$|{'a': $f}|; {} ~> $f)", "T1013"),
        (
            "$reduce([1..10], function($w, $i) { [1..100].{'x': $w} ~> |$.x|{'y': $w}| }, {'x': 1})",
            BOUND,
        ),
    ]);
}
