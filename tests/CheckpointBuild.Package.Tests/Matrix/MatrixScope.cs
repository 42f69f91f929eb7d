using System;

namespace CheckpointBuild.Package.Tests.Matrix;

/// <summary>How much of the matrix a run goes through: the fast rows, or what <c>CHECKPOINTBUILD_MATRIX</c> says, which is <c>whole</c> or a part of a row's or a situation's name.</summary>
internal static class MatrixScope
{
    private static readonly string? Wanted = Environment.GetEnvironmentVariable("CHECKPOINTBUILD_MATRIX");

    /// <summary>Whether a row or situation is wanted.</summary>
    internal static bool Wants(string name, bool isFast) => Wanted switch
    {
        null or "" => isFast,
        "whole" => true,
        _ => name.Contains(Wanted, StringComparison.OrdinalIgnoreCase),
    };
}
