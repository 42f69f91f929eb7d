namespace CheckpointBuild.Tokenizers;

/// <summary>A chat template as the checkpoint holds it.</summary>
/// <param name="Name">Its name; <c>default</c> where there is only one.</param>
/// <param name="Text">The template's text, in Jinja.</param>
public sealed record ChatTemplateText(string Name, string Text);
