using System;

namespace CheckpointBuild.DTypes;

/// <summary>Numbers that are stored and copied but never computed with: indices, masks, byte strings.</summary>
internal sealed class PlainStorage(string name, string longName, int bytes, string? safetensorsName, int? ggmlType) : DType(name, longName)
{
    /// <inheritdoc/>
    public override int BlockBytes => bytes;

    /// <inheritdoc/>
    public override bool HasValues => false;

    /// <inheritdoc/>
    public override string? SafetensorsName => safetensorsName;

    /// <inheritdoc/>
    public override int? GgmlType => ggmlType;

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, int columns, Planes destination) => throw NoValues();

    /// <inheritdoc/>
    public override void Decode(Planes source, int columns, Span<float> values) => throw NoValues();

    private NotSupportedException NoValues() => new($"{LongName} is plain storage; look at {nameof(HasValues)} first.");
}
