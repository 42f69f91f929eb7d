using System;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Something that can be called.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Invoke">What it does.</param>
internal sealed record TemplateFunction(string Name, Func<TemplateArguments, object?> Invoke);
