using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Merging;

/// <summary>Steps that the search for tokens may take in one text: linear in its length, and far more than real vocabularies need, whose longest tokens are runs of some dozen spaces.</summary>
/// <param name="length">The text's UTF-16 units.</param>
internal struct SearchBudget(int length)
{
    private const int Each = 256;
    private const int Slack = 65_536;

    private long _left = Slack + ((long)Each * length);

    /// <summary>Takes steps.</summary>
    /// <param name="steps">How many.</param>
    /// <exception cref="CheckpointException">CKPT2137 when there are no more.</exception>
    public void Spend(long steps)
    {
        _left -= steps;
        if (_left < 0)
        {
            throw Errors.TokensTooLong(Each);
        }
    }
}
