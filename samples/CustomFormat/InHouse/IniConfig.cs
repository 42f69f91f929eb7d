using System.Globalization;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;

namespace InHouse;

/// <summary>Reads <c>model.ini</c>. Our decoders are Llamas by another name.</summary>
public sealed class IniConfig : ConfigSource
{
    private const string FileName = "model.ini";

    public override bool Recognizes(CheckpointDirectory directory) => directory.Has(FileName);

    public override ModelDescription Read(CheckpointDirectory directory, string format)
    {
        var values = Encoding.UTF8.GetString(directory.ReadAll(FileName)).Split('\n')
            .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1]);
        string Text(string key) => values.GetValueOrDefault(key) ?? throw new CheckpointException("INHOUSE1", $"{directory.PathOf(FileName)}: '{key}' is missing. Add it.");
        int Number(string key) => int.Parse(Text(key), CultureInfo.InvariantCulture);
        double Float(string key) => double.Parse(Text(key), CultureInfo.InvariantCulture);

        int headDimension = Number("width") / Number("heads");
        var (tokenizer, fault) = TokenizerIn(directory);
        return new ModelDescription
        {
            Family = ModelFamily.FindArchitecture("LlamaForCausalLM")!,
            Config = new ModelConfig
            {
                HiddenSize = Number("width"),
                LayerCount = Number("layers"),
                HeadCount = Number("heads"),
                KeyValueHeadCount = Number("shared_heads"),
                HeadDimension = headDimension,
                HeadDimensionIsStated = true,
                FeedForwardSize = Number("feed_forward"),
                VocabularySize = Number("vocabulary"),
                ContextLength = Number("context"),
                ContextIsStated = true,
                NormEpsilon = Float("epsilon"),
                Rope = new RopeConfig { Theta = Float("rope_base"), Dimensions = headDimension },
                BeginToken = Number("end_token"),
                EndTokens = [Number("end_token")],
            },
            Tokenizer = tokenizer,
            TokenizerFault = fault,
            Sidecars = [.. SidecarsIn(directory).Where(s => s.Name != FileName)],
        };
    }
}
