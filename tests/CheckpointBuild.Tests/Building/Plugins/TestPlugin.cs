using System;
using CheckpointBuild.Building.Plugins;

namespace CheckpointBuild.Tests.Building.Plugins;

/// <summary>A plug-in of this process that registers what a test says.</summary>
/// <param name="name">What it is called.</param>
/// <param name="register">What it does.</param>
internal sealed class TestPlugin(string name, Action<PluginRegistry> register) : CheckpointPlugin
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override void Register(PluginRegistry registry) => register(registry);
}
