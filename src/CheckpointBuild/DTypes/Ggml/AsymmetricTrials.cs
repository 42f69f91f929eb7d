namespace CheckpointBuild.DTypes.Ggml;

/// <summary>What an <see cref="AsymmetricFit{T}"/> tries: reciprocals (First + Step · k + Top) / (high - low) for k = 0 to Count.</summary>
/// <param name="Length">Numbers of a sub-block.</param>
/// <param name="Top">N, the largest code.</param>
/// <param name="First">The first addend.</param>
/// <param name="Step">From one to the next.</param>
/// <param name="Count">The last k.</param>
internal readonly record struct AsymmetricTrials(int Length, int Top, float First, float Step, int Count)
{
    /// <summary>Whether the error is the weighted magnitude, not the square.</summary>
    public bool IsAbsolute { get; init; }

    /// <summary>Whether codes are limited before they are rounded, as the form for importance weights does.</summary>
    public bool IsGuarded { get; init; }

    /// <summary>The form for importance weights.</summary>
    /// <param name="length">Numbers of a sub-block.</param>
    /// <param name="top">The largest code.</param>
    /// <returns>The trials.</returns>
    public static AsymmetricTrials Weighted(int length, int top) => new(length, top, -0.9f, 0.05f, 36) { IsGuarded = true };
}
