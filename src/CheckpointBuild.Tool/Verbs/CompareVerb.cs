using System.CommandLine;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Building.Quality;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Quantization.Judging;
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
            JsonObject json = double.IsFinite(result.OtherPerplexity) ? QualityJson.Of(result) : throw Errors.PerplexityNotFinite(right.Checkpoint.Name);
            json["worst_tensors"] = new JsonArray([.. WeightErrors.Of(left.Checkpoint, right.Checkpoint, cancellation).Take(WorstTensors).Select(QualityJson.Of)]);
            streams.Output.WriteLine(json.ToJsonString());
        });
        return command;
    }
}
