using System.CommandLine;
using System.Text.Json.Nodes;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Judging;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt perplexity CHECKPOINT --ids-file F.u16 | --text-file F</c>: how well a model predicts a text, as JSON.</summary>
internal sealed class PerplexityVerb() : Verb("perplexity")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        var command = new Command(Name, "Measures how well a model predicts a text.") { checkpoint };
        var text = new ScoredText(command);
        SetAction(command, (parsed, cancellation) =>
        {
            PerplexityProtocol rules = text.Protocol(parsed);
            using OpenedCheckpoint opened = OpenedCheckpoint.Open(Locate(parsed, checkpoint, streams, cancellation));
            int[] ids = text.Ids(parsed, opened.Checkpoint);
            using Decoder decoder = Decoder.Load(opened.Checkpoint, DecoderOptions.Default, cancellation);
            PerplexityResult result = Perplexity.Measure(decoder, ids, rules, text.Window(parsed), cancellation);
            streams.Output.WriteLine(new JsonObject
            {
                ["protocol"] = result.Protocol,
                ["protocol_id"] = result.ProtocolId,
                ["window"] = result.Window,
                ["windows"] = result.Windows,
                ["scored"] = result.ScoredTokens,
                ["nll"] = result.NegativeLogLikelihood,
                ["perplexity"] = result.Perplexity,
                ["error"] = result.PerplexityError,
            }.ToJsonString());
        });
        return command;
    }
}
