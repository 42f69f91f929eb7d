namespace CheckpointBuild.Tokenizers.Patterns;

/// <summary>One step of a compiled pattern.</summary>
/// <param name="Code">What to do.</param>
internal sealed record Instruction(InstructionCode Code)
{
    /// <summary>The characters of a <see cref="InstructionCode.One"/>, <see cref="InstructionCode.Run"/> or look-behind.</summary>
    internal CharacterSet Characters { get; init; } = CharacterSet.Empty;

    /// <summary>The bitmap of <see cref="Characters"/>.</summary>
    internal ulong[] Plane { get; init; } = [];

    /// <summary>The least length of a run.</summary>
    internal int Least { get; init; }

    /// <summary>The greatest length of a run.</summary>
    internal int Most { get; init; }

    /// <summary>Whether a run may give back what it took.</summary>
    internal bool GivesBack { get; init; }

    /// <summary>Whether a look is negative.</summary>
    internal bool IsNegative { get; init; }

    /// <summary>Where a jump, a look or the second way of a fork goes on.</summary>
    internal int Target { get; init; }

    /// <summary>The characters that the first way of a fork can begin with, or null where it can begin with any or with none.</summary>
    internal ulong[]? First { get; init; }
}
