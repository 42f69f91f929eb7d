using System;
using System.Runtime.CompilerServices;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>One lane: the scalar form, which is the specification.</summary>
internal readonly unsafe struct Lane1 : ILanes<Lane1>
{
    private readonly float _value;

    private Lane1(float value) => _value = value;

    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static Lane1 All(float value) => new(value);

    /// <inheritdoc/>
    public static Lane1 Load(float* source) => new(*source);

    /// <inheritdoc/>
    public static Lane1 LoadBytes(byte* source) => new(*source);

    /// <inheritdoc/>
    public static Lane1 Lookup(float* table, byte* indices) => new(table[*indices]);

    /// <inheritdoc/>
    public static Lane1 Abs(Lane1 value) => new(MathF.Abs(value._value));

    /// <inheritdoc/>
    public static Lane1 Sqrt(Lane1 value) => new(MathF.Sqrt(value._value));

    /// <inheritdoc/>
    public static Lane1 Nearest(Lane1 value, int low, int high) => new(Math.Min(Math.Max(Rounding.Nearest(value._value), low), high));

    /// <inheritdoc/>
    public static Lane1 Truncate(Lane1 value) => new(MathF.Truncate(value._value));

    /// <inheritdoc/>
    public static Lane1 Greater(Lane1 left, Lane1 right) => Mask(left._value > right._value);

    /// <inheritdoc/>
    public static Lane1 Same(Lane1 left, Lane1 right) => Mask(left._value == right._value);

    /// <inheritdoc/>
    public static Lane1 Both(Lane1 left, Lane1 right) => new(BitConverter.UInt32BitsToSingle(Raw(left) & Raw(right)));

    /// <inheritdoc/>
    public static Lane1 Either(Lane1 left, Lane1 right) => new(BitConverter.UInt32BitsToSingle(Raw(left) | Raw(right)));

    /// <inheritdoc/>
    public static Lane1 Select(Lane1 mask, Lane1 set, Lane1 clear) => new(BitConverter.UInt32BitsToSingle((Raw(mask) & Raw(set)) | (~Raw(mask) & Raw(clear))));

    /// <inheritdoc/>
    public static bool Any(Lane1 mask) => Raw(mask) != 0;

    /// <inheritdoc/>
    public static Lane1 Max(Lane1 left, Lane1 right) => left._value > right._value ? left : right;

    /// <inheritdoc/>
    public static float Largest(Lane1 value) => value._value;

    /// <inheritdoc/>
    public static uint Bits(Lane1 mask) => Raw(mask) >> 31;

    /// <inheritdoc/>
    public void Store(float* target) => *target = _value;

    /// <inheritdoc/>
    public void StoreBytes(byte* target) => *target = unchecked((byte)(int)_value);

    public static Lane1 operator +(Lane1 left, Lane1 right) => new(left._value + right._value);

    public static Lane1 operator -(Lane1 left, Lane1 right) => new(left._value - right._value);

    public static Lane1 operator -(Lane1 value) => new(-value._value);

    public static Lane1 operator *(Lane1 left, Lane1 right) => new(left._value * right._value);

    public static Lane1 operator /(Lane1 left, Lane1 right) => new(left._value / right._value);

    private static uint Raw(Lane1 lane) => BitConverter.SingleToUInt32Bits(lane._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lane1 Mask(bool set) => new(BitConverter.UInt32BitsToSingle(set ? uint.MaxValue : 0));
}
