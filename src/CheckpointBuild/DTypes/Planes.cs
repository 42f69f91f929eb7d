using System;

namespace CheckpointBuild.DTypes;

/// <summary>The bytes of a run of rows in one dtype: one span per plane.</summary>
public readonly ref struct Planes
{
    /// <summary>Planes of a dtype with codes alone.</summary>
    /// <param name="codes">Bytes of the codes.</param>
    public Planes(Span<byte> codes)
        : this(codes, default, default)
    {
    }

    /// <summary>Planes of a dtype with codes, scales and zero points; a plane that the dtype lacks is empty.</summary>
    /// <param name="codes">Bytes of the codes.</param>
    /// <param name="scales">Bytes of the scales.</param>
    /// <param name="zeroPoints">Bytes of the zero points.</param>
    public Planes(Span<byte> codes, Span<byte> scales, Span<byte> zeroPoints)
    {
        Codes = codes;
        Scales = scales;
        ZeroPoints = zeroPoints;
    }

    /// <summary>The numbers themselves, or the small integers of a quantized dtype.</summary>
    public Span<byte> Codes { get; }

    /// <summary>What a code is multiplied by.</summary>
    public Span<byte> Scales { get; }

    /// <summary>The code of 0.0.</summary>
    public Span<byte> ZeroPoints { get; }

    /// <summary>Plane <paramref name="plane"/>: 0 codes, 1 scales, 2 zero points.</summary>
    public Span<byte> this[int plane] => plane switch
    {
        0 => Codes,
        1 => Scales,
        2 => ZeroPoints,
        _ => throw new ArgumentOutOfRangeException(nameof(plane), plane, "A dtype has at most three planes."),
    };
}
