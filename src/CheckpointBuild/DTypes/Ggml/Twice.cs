using System.Runtime.CompilerServices;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Twice as many lanes: two forms side by side, so that the operations of one are computed while those of the other wait for their operands.</summary>
/// <typeparam name="T">The form.</typeparam>
internal readonly unsafe struct Twice<T> : ILanes<Twice<T>>
    where T : struct, ILanes<T>
{
    private readonly T _first;
    private readonly T _second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Twice(T first, T second) => (_first, _second) = (first, second);

    /// <inheritdoc/>
    public static int Count => 2 * T.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> All(float value) => new(T.All(value), T.All(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Load(float* source) => new(T.Load(source), T.Load(source + T.Count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> LoadBytes(byte* source) => new(T.LoadBytes(source), T.LoadBytes(source + T.Count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Lookup(float* table, byte* indices) => new(T.Lookup(table, indices), T.Lookup(table, indices + T.Count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Abs(Twice<T> value) => new(T.Abs(value._first), T.Abs(value._second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Sqrt(Twice<T> value) => new(T.Sqrt(value._first), T.Sqrt(value._second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Nearest(Twice<T> value, int low, int high) => new(T.Nearest(value._first, low, high), T.Nearest(value._second, low, high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Truncate(Twice<T> value) => new(T.Truncate(value._first), T.Truncate(value._second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Greater(Twice<T> left, Twice<T> right) => new(T.Greater(left._first, right._first), T.Greater(left._second, right._second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Same(Twice<T> left, Twice<T> right) => new(T.Same(left._first, right._first), T.Same(left._second, right._second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Both(Twice<T> left, Twice<T> right) => new(T.Both(left._first, right._first), T.Both(left._second, right._second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Either(Twice<T> left, Twice<T> right) => new(T.Either(left._first, right._first), T.Either(left._second, right._second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Select(Twice<T> mask, Twice<T> set, Twice<T> clear) => new(T.Select(mask._first, set._first, clear._first), T.Select(mask._second, set._second, clear._second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Twice<T> mask) => T.Any(T.Either(mask._first, mask._second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Max(Twice<T> left, Twice<T> right) => new(T.Max(left._first, right._first), T.Max(left._second, right._second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Twice<T> value) => T.Largest(T.Max(value._first, value._second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Twice<T> mask) => T.Bits(mask._first) | (T.Bits(mask._second) << T.Count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* target)
    {
        _first.Store(target);
        _second.Store(target + T.Count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(byte* target)
    {
        _first.StoreBytes(target);
        _second.StoreBytes(target + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator +(Twice<T> left, Twice<T> right) => new(left._first + right._first, left._second + right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator -(Twice<T> left, Twice<T> right) => new(left._first - right._first, left._second - right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator -(Twice<T> value) => new(-value._first, -value._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator *(Twice<T> left, Twice<T> right) => new(left._first * right._first, left._second * right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator /(Twice<T> left, Twice<T> right) => new(left._first / right._first, left._second / right._second);
}
