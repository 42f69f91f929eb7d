using CheckpointBuild.Dialects;

namespace InHouse;

/// <summary>What <c>Format="in-house"</c> means; folders of that kind are also recognized without it.</summary>
public sealed class InHouseDialect() : ComposedDialect("in-house", new IniConfig(), new PackTensors());
