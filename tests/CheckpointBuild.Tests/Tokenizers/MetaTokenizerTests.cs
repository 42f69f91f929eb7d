using System.Collections.Immutable;
using System.IO;
using System.Linq;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>Meta's tiktoken files against what the official conversion makes of them.</summary>
public sealed class MetaTokenizerTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("meta");

    public static TheoryData<string> Cases => Topic.Cases(topic => topic.Files("tokenizer.model", SearchOption.AllDirectories)
        .Where(f => f.Contains("/meta-1/") && File.ReadAllBytes(Path.Combine(topic.Folder!, f))[0] != 0x0A && topic.Has($"{f.Split('/')[0]}/hf/tokenizer.json"))
        .Select(f => f.Split('/')[0]));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_gives_the_tokens_of_the_official_conversion(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        TokenizerModel own = Open($"{name}/meta-1");
        TokenizerModel official = Open($"{name}/hf");

        Assert.Equal(official.Tokens, own.Tokens);
        Assert.Equal(Merges(official), Merges(own));
        Assert.Equal(official.PreTokenizer, own.PreTokenizer);

        // The conversion names the later releases' tokens even where the file's parameters do not say which release it is.
        Assert.Equal(official.AddedTokens.Length, own.AddedTokens.Length);
        Assert.Equal(official.AddedTokens.Take(4), own.AddedTokens.Take(4));
    }

    private static TokenizerModel Open(string folder) => TokenizerFiles.Read(TokenizerSamples.Folder(Topic.Reach(folder)));

    private static ImmutableArray<Merge> Merges(TokenizerModel model) => ((TokenizerAlgorithm.BytePairs)model.Algorithm).Merges;
}
