using System.CommandLine;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Judging;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt compare A B --ids-file F.u16 | --text-file F</c>: how far one model is from another, in its predictions and in its weights, as JSON.</summary>
internal sealed class CompareVerb() : Verb("compare")
{
    private const int WorstTensors = 10;

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> original = new("original") { Description = "The checkpoint that is true." }, other = new("other") { Description = "The checkpoint that is judged." };
        var command = new Command(Name, "Compares a model's predictions and weights with another's.") { original, other };
        var text = new ScoredText(command);
        SetAction(command, (parsed, cancellation) =>
        {
            PerplexityProtocol rules = text.Protocol(parsed);
            using OpenedCheckpoint left = OpenedCheckpoint.Open(Locate(parsed, original, streams, cancellation)), right = OpenedCheckpoint.Open(Locate(parsed, other, streams, cancellation));
            int[] ids = text.Ids(parsed, left.Checkpoint);
            using Decoder leftDecoder = Decoder.Load(left.Checkpoint, DecoderOptions.Default, cancellation), rightDecoder = Decoder.Load(right.Checkpoint, DecoderOptions.Default, cancellation);
            ComparisonResult result = ModelComparison.Measure(leftDecoder, rightDecoder, ids, rules, text.Window(parsed), cancellation);
            JsonNode[] worst = [.. WeightErrors.Of(left.Checkpoint, right.Checkpoint, cancellation).Take(WorstTensors)
                .Select(e => new JsonObject { ["role"] = e.Role.ToString(), ["name"] = e.Name, ["dtype"] = e.DType, ["relative_error"] = e.Relative })];
            streams.Output.WriteLine(new JsonObject
            {
                ["protocol"] = result.Protocol,
                ["window"] = result.Window,
                ["windows"] = result.Windows,
                ["scored"] = result.ScoredTokens,
                ["perplexity_a"] = result.OriginalPerplexity,
                ["perplexity_b"] = result.OtherPerplexity,
                ["perplexity_increase"] = (result.OtherPerplexity / result.OriginalPerplexity) - 1,
                ["kl_mean"] = result.MeanDivergence,
                ["kl_99.9"] = result.HighDivergence,
                ["kl_max"] = result.LargestDivergence,
                ["same_top"] = result.SameTop,
                ["worst_tensors"] = new JsonArray(worst),
            }.ToJsonString());
        });
        return command;
    }
}
