//! The attribute `#[handler]` of the crate `sandstep-lambda`, which
//! re-exports and documents it.

#![forbid(unsafe_code)]

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, FnArg, ItemFn};

/// See the crate `sandstep-lambda`.
#[proc_macro_attribute]
pub fn handler(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    if !arguments.is_empty() {
        return refused(Error::new(
            Span::call_site(),
            "`#[handler]` takes no arguments",
        ));
    }
    match syn::parse(item).and_then(|function| expand(&function)) {
        Ok(expanded) => expanded.into(),
        Err(error) => refused(error),
    }
}

fn refused(error: Error) -> proc_macro::TokenStream {
    error.into_compile_error().into()
}

/// The function as it stands, and beside it, in a component only, the export
/// that calls it.
fn expand(function: &ItemFn) -> Result<TokenStream, Error> {
    let call = call(function)?;
    Ok(quote! {
        #function

        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use ::sandstep_lambda::__private as private;

            struct Component;

            impl private::Guest for Component {
                fn handle(
                    event: ::std::string::String,
                    context: private::WitContext,
                ) -> ::std::result::Result<::std::string::String, private::WitError> {
                    private::run(&event, context.into(), |event, context| private::printed!(#call))
                        .map_err(::std::convert::Into::into)
                }
            }

            private::export!(Component with_types_in private);
        };
    })
}

fn call(function: &ItemFn) -> Result<TokenStream, Error> {
    let signature = &function.sig;
    if let Some(keyword) = &signature.asyncness {
        return Err(Error::new_spanned(keyword, "a handler is a plain `fn`"));
    }
    if !signature.generics.params.is_empty() {
        return Err(Error::new_spanned(
            &signature.generics,
            "a handler cannot be generic",
        ));
    }
    let name = &signature.ident;
    let takes_self = matches!(signature.inputs.first(), Some(FnArg::Receiver(_)));
    match signature.inputs.len() {
        1 if !takes_self => Ok(quote!({ let _ = context; #name(event) })),
        2 if !takes_self => Ok(quote!(#name(event, context))),
        _ => Err(Error::new_spanned(
            signature,
            "a handler takes the event, or the event and the `Context`",
        )),
    }
}
