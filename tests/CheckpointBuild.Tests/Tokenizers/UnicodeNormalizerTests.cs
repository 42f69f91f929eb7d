using CheckpointBuild.Tokenizers;
using CheckpointBuild.Tokenizers.Normalizing;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>Unicode normalization, with the cases of Annex 15 that are easy to get wrong.</summary>
public sealed class UnicodeNormalizerTests
{
    [Theory]
    [InlineData("e\u0301", "\u00E9", "e\u0301", "\u00E9", "e\u0301")]
    [InlineData("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [InlineData("\uAC01", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("a\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0315b", "a\u05AE\u0300\u0315b", "\u00E0\u05AE\u0315b", "a\u05AE\u0300\u0315b")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("\u0301a", "\u0301a", "\u0301a", "\u0301a", "\u0301a")]
    [InlineData("plain \u00E9", "plain \u00E9", "plain e\u0301", "plain \u00E9", "plain e\u0301")]
    [InlineData("\u00BD\u2460\uFF21", "\u00BD\u2460\uFF21", "\u00BD\u2460\uFF21", "1\u204421A", "1\u204421A")]
    public void Apply_gives_the_four_forms(string text, string nfc, string nfd, string nfkc, string nfkd)
    {
        Assert.Equal(nfc, UnicodeNormalizer.Apply(text, UnicodeForm.Nfc));
        Assert.Equal(nfd, UnicodeNormalizer.Apply(text, UnicodeForm.Nfd));
        Assert.Equal(nfkc, UnicodeNormalizer.Apply(text, UnicodeForm.Nfkc));
        Assert.Equal(nfkd, UnicodeNormalizer.Apply(text, UnicodeForm.Nfkd));
    }

    [Fact]
    public void Apply_gives_back_plain_text_as_it_is()
    {
        const string Text = "plain text";

        Assert.Same(Text, UnicodeNormalizer.Apply(Text, UnicodeForm.Nfc));
    }
}
