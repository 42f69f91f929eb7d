using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>What a tokenizer does beyond the reference's vectors.</summary>
public sealed class TokenizerTests
{
    private static readonly Tokenizer Bytes = Tokenizer.Create(ByteModel());

    [Fact]
    public void Encode_counts_half_a_surrogate_pair_as_a_replacement_character() =>
        Assert.Equal(Bytes.Encode("a\uFFFDb"), Bytes.Encode("a\uD83Db"));

    [Fact]
    public void Encode_then_decode_gives_any_text_back()
    {
        foreach (string text in (string[])["", " ", "\0", "naïve 😀", "a\r\n\tb", new string('x', 1000)])
        {
            Assert.Equal(text, Bytes.Decode(Bytes.Encode(text)));
        }
    }

    [Fact]
    public void Decode_leaves_out_ids_that_are_no_token() =>
        Assert.Equal("a", Bytes.Decode([-1, Bytes.Encode("a")[0], int.MaxValue, 1000]));

    [Fact]
    public void Stream_flushes_what_was_never_completed()
    {
        TokenStream stream = Bytes.DecodeStream();
        int[] ids = Bytes.Encode("😀");

        Assert.Equal("", string.Concat(ids[..3].Select(stream.Append)));
        Assert.Equal("\uFFFD", stream.Flush());
    }

    [Fact]
    public void Stream_keeps_its_memory_bounded_where_no_character_is_completed()
    {
        TokenStream stream = Bytes.DecodeStream();
        int broken = Bytes.Encode("😀")[0];

        Assert.True(Enumerable.Range(0, 1000).Sum(_ => stream.Append(broken).Length) > 900);
    }

    [Fact]
    public void Stream_gives_the_text_whatever_the_pieces()
    {
        const string Text = "héllo wörld 😀👨‍👩‍👧 \uFFFD end";
        TokenStream stream = Bytes.DecodeStream();

        Assert.Equal(Text, string.Concat(Bytes.Encode(Text).Select(stream.Append)) + stream.Flush());
    }

    [Fact]
    public void Encode_gives_the_same_ids_from_many_threads()
    {
        string[] texts = [.. Enumerable.Range(0, 500).Select(i => $"text number {i % 50} é{i % 7}")];
        int[][] alone = [.. texts.Select(t => Tokenizer.Create(ByteModel()).Encode(t))];
        var together = new int[texts.Length][];
        Parallel.For(0, texts.Length, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken }, i => together[i] = Bytes.Encode(texts[i]));

        Assert.Equal(alone, together);
    }

    [Fact]
    public void Kinds_fit_what_they_are_for()
    {
        Assert.Equal("byte-level-bpe", Bytes.Kind.Name);
        Assert.Equal("sentencepiece-bpe", TokenizerKind.Of(ByteModel() with { PreTokenizer = [] }).Name);
        Assert.Equal("unigram", TokenizerKind.Of(ByteModel() with { Algorithm = new TokenizerAlgorithm.Unigram(null, FallsBackToBytes: false) }).Name);
    }

    [Fact]
    public void Merges_join_the_lowest_rank_first_and_the_leftmost_of_equals()
    {
        TokenizerModel model = ByteModel("aa", "ab", "aab");
        var tokenizer = Tokenizer.Create(model with { Algorithm = new TokenizerAlgorithm.BytePairs([new Merge("a", "b"), new Merge("a", "a"), new Merge("a", "ab")]) });

        Assert.Equal(["aab"], tokenizer.Encode("aab").Select(tokenizer.TokenText));
        Assert.Equal(["aa", "a"], tokenizer.Encode("aaa").Select(tokenizer.TokenText));
    }

    private static TokenizerModel ByteModel(params string[] more) => new()
    {
        Algorithm = new TokenizerAlgorithm.BytePairs([]),
        Tokens = [.. Enumerable.Range(0, 256).Select(b => CheckpointBuild.Tokenizers.Merging.ByteLetters.Of((byte)b).ToString()), .. more],
        PreTokenizer = [new PreTokenizerStep.ByteLevel(AddPrefixSpace: false, UseRegex: true)],
        Decoder = [new DecoderStep.ByteLevel()],
    };
}
