//! Reads from a binary which world it was built for, before anything is
//! compiled: the world decides the engine.

use wasmparser::component_types::ComponentEntityType;
use wasmparser::{ComponentExternalKind, Encoding, Parser, Payload, Validator, WasmFeatures};

use crate::error::LoadError;

/// The export that both worlds share.
pub(crate) const HANDLE: &str = "handle";

/// One of the worlds in `wit/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum World {
    /// `handle: func`.
    Lambda,
    /// `handle: async func`.
    LambdaAsync,
}

impl World {
    /// Finds the world of `binary`.
    ///
    /// Validates everything but the function bodies, which the compiler looks
    /// at anyway and which are nearly all of the binary.
    pub(crate) fn of(binary: &[u8]) -> Result<Self, LoadError> {
        require_component(binary)?;
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let mut exports = Vec::new();
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(binary) {
            let payload = payload.map_err(malformed)?;
            if let Payload::End(_) = payload
                && depth == 0
            {
                return handler_world(&validator, exports);
            }
            validator.payload(&payload).map_err(malformed)?;
            match payload {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        let export = export.map_err(malformed)?;
                        exports.push(describe(export.name.name, export.kind));
                    }
                }
                _ => {}
            }
        }
        Err(LoadError::Malformed("it ends early".to_owned()))
    }
}

fn require_component(binary: &[u8]) -> Result<(), LoadError> {
    match Parser::new(0).parse_all(binary).next() {
        Some(Ok(Payload::Version {
            encoding: Encoding::Component,
            ..
        })) => Ok(()),
        Some(Ok(_)) => Err(LoadError::CoreModule),
        Some(Err(cause)) => Err(malformed(cause)),
        None => Err(LoadError::Malformed("it is empty".to_owned())),
    }
}

fn handler_world(validator: &Validator, exports: Vec<String>) -> Result<World, LoadError> {
    let types = validator
        .types(0)
        .expect("a component's own types last until its end");
    let Some(item) = types.component_item_for_export(HANDLE) else {
        return Err(LoadError::NoHandler { found: exports });
    };
    let ComponentEntityType::Func(function) = item.ty else {
        return Err(LoadError::HandlerType(format!(
            "`{HANDLE}` is not a function"
        )));
    };
    match types[function].async_ {
        false => Ok(World::Lambda),
        true => Ok(World::LambdaAsync),
    }
}

fn describe(name: &str, kind: ComponentExternalKind) -> String {
    let kind = match kind {
        ComponentExternalKind::Func => "function",
        ComponentExternalKind::Instance => "interface",
        ComponentExternalKind::Type => "type",
        ComponentExternalKind::Module => "module",
        ComponentExternalKind::Component => "component",
        ComponentExternalKind::Value => "value",
    };
    format!("{kind} `{name}`")
}

fn malformed(cause: wasmparser::BinaryReaderError) -> LoadError {
    LoadError::Malformed(cause.to_string())
}
