namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>What a name stands for that nothing was assigned to. It prints nothing, is false and empty; anything else done with it fails.</summary>
/// <param name="Reason">What is said then.</param>
internal sealed record Undefined(string Reason)
{
    /// <summary>A variable without value.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The undefined value.</returns>
    internal static Undefined Variable(string name) => new($"'{name}' is undefined");

    /// <summary>The failure of a use.</summary>
    /// <returns>The failure.</returns>
    internal TemplateFailureException Failure() => new(Reason);
}
