namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>A parameter of a macro.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Default">What it is where no argument is given, or null where it is undefined then.</param>
internal sealed record TemplateParameter(string Name, TemplateExpression? Default);
