using CheckpointBuild.Dialects;

namespace CheckpointBuild.Tests.Building.Plugins;

/// <summary>Hugging Face's parts under another name; recognizes nothing, so that only who names it gets it.</summary>
/// <param name="name">The name.</param>
internal sealed class TestDialect(string name) : ComposedDialect(name, ConfigSource.HuggingFace, TensorSource.HuggingFace)
{
    /// <inheritdoc/>
    public override bool Recognizes(CheckpointDirectory directory) => false;
}
