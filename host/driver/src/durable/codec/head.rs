//! What an execution was started with, as bytes.

use std::time::Duration;

use sandstep_asl::{Limits, Start, TokenKey};

use super::{
    FORMAT,
    bytes::{Damaged, Reader, Writer},
    decoder::Decoder,
    encoder::Encoder,
};

impl Encoder {
    /// The head of an execution. Its ARN is kept beside it.
    pub(in super::super) fn head(
        &mut self,
        definition: &str,
        attachment: &[u8],
        start: &Start,
    ) -> Vec<u8> {
        let shared = definition.len() + attachment.len();
        let mut writer = Writer(Vec::with_capacity(shared + 384));
        writer.byte(FORMAT);
        writer.text(definition);
        writer.bytes(attachment);
        for text in [
            &start.name,
            &start.role_arn,
            &start.machine_arn,
            &start.machine_name,
        ] {
            writer.text(text);
        }
        writer.option(start.redrive_count, Writer::number);
        writer.0.extend_from_slice(&start.seed.to_le_bytes());
        write_limits(&mut writer, &start.limits);
        self.payload(&mut writer, &start.input);
        writer.0
    }
}

/// Reads a head from its beginning; its payload comes last, so that a list need not
/// look at it.
pub(in super::super) struct HeadReader<'a> {
    reader: Reader<'a>,
    /// The key of the definition.
    pub(in super::super) definition: &'a str,
    /// The caller's bytes.
    pub(in super::super) attachment: &'a [u8],
}

impl<'a> HeadReader<'a> {
    pub(in super::super) fn new(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut reader = Reader(bytes);
        match reader.byte()? {
            FORMAT => {}
            other => return Err(Damaged::Format(other)),
        }
        Ok(Self {
            definition: reader.str()?,
            attachment: reader.bytes()?,
            reader,
        })
    }

    /// What the execution of this ARN was started with, but for the key of its tokens,
    /// which is not kept with it.
    pub(in super::super) fn start(
        self,
        arn: &str,
        token_key: &TokenKey,
        decoder: &Decoder,
    ) -> Result<Start, Damaged> {
        let mut reader = self.reader;
        let start = Start {
            execution_arn: arn.into(),
            name: reader.text()?,
            role_arn: reader.text()?,
            machine_arn: reader.text()?,
            machine_name: reader.text()?,
            redrive_count: reader.option(Reader::number)?,
            seed: u128::from_le_bytes(reader.array()?),
            token_key: token_key.clone(),
            limits: read_limits(&mut reader)?,
            input: decoder.payload(&mut reader)?,
        };
        reader.end()?;
        Ok(start)
    }
}

fn write_limits(writer: &mut Writer, limits: &Limits) {
    writer.count(limits.payload_bytes);
    writer.count(limits.variable_bytes);
    writer.option(limits.history_events, Writer::number);
    writer.count(limits.inline_concurrency);
    writer.count(limits.threads);
    writer.option(limits.duration, |writer, duration| {
        writer.number(duration.as_millis().try_into().unwrap_or(u64::MAX));
    });
}

fn read_limits(reader: &mut Reader<'_>) -> Result<Limits, Damaged> {
    Ok(Limits {
        payload_bytes: reader.index()?,
        variable_bytes: reader.index()?,
        history_events: reader.option(Reader::number)?,
        inline_concurrency: reader.index()?,
        threads: reader.index()?,
        duration: reader.option(Reader::number)?.map(Duration::from_millis),
    })
}
