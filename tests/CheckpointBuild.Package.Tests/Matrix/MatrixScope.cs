using System;

namespace CheckpointBuild.Package.Tests.Matrix;

/// <summary>How much of the matrix a run goes through.</summary>
internal static class MatrixScope
{
    /// <summary>Whether every row and every situation is wanted: <c>CHECKPOINTBUILD_MATRIX=whole</c>.</summary>
    internal static bool IsWhole { get; } = Environment.GetEnvironmentVariable("CHECKPOINTBUILD_MATRIX") == "whole";
}
