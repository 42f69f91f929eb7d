using System.Diagnostics.CodeAnalysis;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Formats.Wire;

/// <summary>One call of a pickle program.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Where">The record in it, for messages.</param>
/// <param name="Position">The byte of the instruction.</param>
/// <param name="Function">What is called; null for a persistent id.</param>
/// <param name="Arguments">With what: a tuple.</param>
internal sealed record PickleCallSite(string Path, string Where, long Position, PickleName? Function, PickleSequence Arguments)
{
    /// <summary>An argument.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="index">Its place.</param>
    /// <param name="needed">What is needed there, for the message.</param>
    /// <returns>The argument.</returns>
    /// <exception cref="CheckpointException">CKPT1158 when there is none of that type.</exception>
    public T Argument<T>(int index, string needed) => index < Arguments.Count && Arguments[index] is T value ? value : throw Wrong(needed);

    /// <summary>An argument that may be absent.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="value">The argument.</param>
    /// <returns>Whether there is one that is not None.</returns>
    public bool TryArgument(int index, [NotNullWhen(true)] out object? value)
    {
        value = index < Arguments.Count ? Arguments[index] : null;
        return value is not null;
    }

    /// <summary>Makes the error for arguments that do not fit.</summary>
    /// <param name="needed">What is needed.</param>
    /// <returns>CKPT1158.</returns>
    public CheckpointException Wrong(string needed) => Errors.PickleArguments(Path, Where, Position, Function?.ToString() ?? "its persistent ids", needed);
}
